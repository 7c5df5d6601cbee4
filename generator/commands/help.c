/* `waymark help` and `waymark explain`. */

#include "commands/command.h"
#include "base/suggest.h"
#include <stdio.h>

int command_help(const struct command_line *line)
{
    if (line->argument_count == 0) {
        command_usage(NULL, false);
        return EXIT_DONE;
    }
    const struct command *command = command_find(slice_of(line->arguments[0]));
    if (!command) {
        struct suggestion suggestion = {.wanted = slice_of(line->arguments[0])};
        for (size_t i = 0; i < command_count; i++)
            suggest_offer(&suggestion, slice_of(commands[i].name));
        char help[200];
        suggest_text(&suggestion, help, sizeof help);
        fprintf(stderr, "error: unknown command '%s' [usage]\n", line->arguments[0]);
        if (help[0])
            fprintf(stderr, "    help: %s\n", help);
        return EXIT_USAGE_OR_CONFIG;
    }
    command_usage(command, true);
    return EXIT_DONE;
}

static void print_wrapped(const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " \n");
        if (column && column + 1 + word > 78)
            column = 0, putchar('\n');
        else if (column)
            column++, putchar(' ');
        fwrite(text, 1, word, stdout);
        column += word;
        text += word;
        if (*text == '\n')
            column = 0, putchar('\n');
        if (*text)
            text++;
    }
    putchar('\n');
}

static void print_code(enum diag_code code)
{
    const char *category = diag_category_word(diag_category(code));
    printf("%s: %s by default", diag_word(code), diag_level_word(diag_default_level(code)));
    if (category[0])
        printf("; its level is set by `validation: {%s: error|warn|off}`", category);
    printf("\n\n");
    print_wrapped(diag_explanation(code));
}

int command_explain(const struct command_line *line)
{
    if (line->argument_count == 0) {
        for (int i = 0; i < DIAG_CODE_COUNT; i++)
            printf("%-28s %-8s %s\n", diag_word((enum diag_code)i), diag_level_word(diag_default_level((enum diag_code)i)),
                   diag_category_word(diag_category((enum diag_code)i)));
        return EXIT_DONE;
    }
    enum diag_code code;
    if (diag_code_find(&code, slice_of(line->arguments[0]))) {
        print_code(code);
        return EXIT_DONE;
    }
    struct suggestion suggestion = {.wanted = slice_of(line->arguments[0])};
    for (int i = 0; i < DIAG_CODE_COUNT; i++)
        suggest_offer(&suggestion, slice_of(diag_word((enum diag_code)i)));
    char help[200];
    suggest_text(&suggestion, help, sizeof help);
    fprintf(stderr, "error: no diagnostic has the code '%s' [usage]\n    help: %s\n", line->arguments[0],
            help[0] ? help : "`waymark explain` lists them");
    return EXIT_USAGE_OR_CONFIG;
}
