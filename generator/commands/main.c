/* The entry point: parse, find the row, run it. */

#include "commands/command.h"

int main(int argc, char **argv)
{
    struct command_line line;
    int status = command_line_parse(&line, argc, argv);
    if (status == EXIT_DONE)
        status = command_find(slice_of(line.command))->run(&line);
    command_line_free(&line);
    return status;
}
