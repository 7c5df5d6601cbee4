/* One question to a credential helper: attributes on its standard input, answer
 * on its standard output. Its standard error is the user's. */

#include "source/helper.h"
#include "base/file.h"
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MOST = 16, ANSWER_MOST_BYTES = 16 << 10 };

static void run(struct arena *arena, char **words)
{
    if (strchr(words[0], '/')) {
        execv(words[0], words);
    } else {
        const char *name = arena_printf(arena, "git-credential-%s", words[0]);
        execvp(name, words);
        execv(arena_printf(arena, "/usr/lib/git-core/%s", name), words);
    }
    _exit(127);
}

/* Takes `text` apart at blanks, and adds "get" and a NULL. */
static void split(struct arena *arena, const char *text, char **words)
{
    size_t count = 0;
    while (*text && count < WORDS_MOST) {
        text += strspn(text, " \t");
        size_t length = strcspn(text, " \t");
        if (length)
            words[count++] = arena_copy(arena, text, length);
        text += length;
    }
    words[count++] = arena_copy(arena, "get", 3);
    words[count] = NULL;
}

static const char *read_answer(struct helper_answer *out, struct arena *arena, struct slice text)
{
    *out = (struct helper_answer){.user = "", .password = ""};
    while (text.length) {
        struct slice line = {text.at, slice_find(text, '\n')};
        if (slice_starts_with(line, "username="))
            out->user = arena_slice(arena, slice_from(line, 9)).at;
        else if (slice_starts_with(line, "password="))
            out->password = arena_slice(arena, slice_from(line, 9)).at;
        text = slice_from(text, line.length + 1);
    }
    return out->password[0] ? NULL : "gave no password";
}

const char *helper_ask(struct helper_answer *out, struct arena *arena, const char *helper, const struct remote_url *url)
{
    char *words[WORDS_MOST + 2];
    int question[2] = {-1, -1}, reply[2] = {-1, -1};
    split(arena, helper, words);
    if (pipe2(question, O_CLOEXEC) != 0 || pipe2(reply, O_CLOEXEC) != 0)
        return "could not be started";
    pid_t child = fork();
    if (child == 0) {
        dup2(question[0], STDIN_FILENO);
        dup2(reply[1], STDOUT_FILENO);
        run(arena, words);
    }
    file_close(question[0]);
    file_close(reply[1]);
    struct buffer text = BUFFER(ANSWER_MOST_BYTES);
    buffer_printf(&text, "protocol=https\nhost=%s%s%s\npath=%s\n", url->host, url->port[0] ? ":" : "", url->port,
                  url->path + 1);
    if (url->user[0])
        buffer_printf(&text, "username=%s\n", url->user);
    buffer_byte(&text, '\n');
    bool ok = child > 0 && file_write(question[1], buffer_view(&text));
    file_close(question[1]);
    buffer_clear(&text);
    ok = file_read_rest(reply[0], &text) && ok;
    file_close(reply[0]);
    int status = -1;
    if (child > 0)
        waitpid(child, &status, 0);
    const char *fault = status != 0 ? "failed" : !ok ? "did not answer" : read_answer(out, arena, buffer_view(&text));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        fault = "was not found";
    if (!fault && !out->user[0])
        out->user = url->user[0] ? url->user : "x-access-token";
    buffer_free(&text);
    return fault;
}
