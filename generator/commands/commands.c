/* The table of commands. */

#include "commands/command.h"

const struct command commands[] = {
    {"build", command_build, "", "write the site to the output folder",
     "output cache edition lang as-of locked worktree source drafts clean stats no-sync fail-on all",
     "Reads every source at its commit, and publishes all editions and languages in one exchange of folders:\n"
     "readers see the old site or the new one. Work that was done before is not done again.\n\n"
     "Errors in the content hold the publication back; warnings do not, unless --strict or --fail-on says so."},
    {"check", command_check, "[PATH …]", "report problems without writing anything",
     "cache edition lang as-of locked worktree source drafts stats fail-on all",
     "Reports everything that `build` would report. With paths, only what stands in them."},
    {"explain", command_explain, "CODE", "say what a diagnostic means and what to do", "",
     "Prints the long text of a diagnostic, such as `waymark explain xref-unknown`. Without a code: all of them."},
    {"fetch", command_fetch, "[SOURCE …]", "bring remote sources up to date and write waymark.lock",
     "cache allow-rewind locked",
     "The only command that uses the network. Mirrors each remote source into the cache; one that fails keeps its\n"
     "last good mirror. With --locked it goes to the commits of waymark.lock, and leaves that file as it is.\n\n"
     "Tokens come from WAYMARK_TOKEN_<SOURCE>, a certificate authority from WAYMARK_CA_FILE, an ssh key from the\n"
     "agent or WAYMARK_SSH_KEY; WAYMARK_CREDENTIAL_HELPER names a helper of git's."},
    {"help", command_help, "[COMMAND]", "explain a command", "", "Without a command: all of them."},
    {"render", command_render, "FILE|-", "print one document's HTML", "bare",
     "With --bare nothing but the document's own HTML: no theme, no site. `-` reads standard input."},
    {"resolve", command_resolve, "PAGE", "print the merged Markdown of a page",
     "cache edition lang as-of locked worktree source",
     "PAGE is a path in its source or a document id."},
};

const size_t command_count = sizeof commands / sizeof commands[0];

const struct command *command_find(struct slice name)
{
    for (size_t i = 0; i < command_count; i++)
        if (slice_is(name, commands[i].name))
            return &commands[i];
    return NULL;
}
