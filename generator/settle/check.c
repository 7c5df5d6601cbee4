/* See check.h. A directive is known when the language has it or the schema
 * declares a kind of that name that may be a block. */

#include "settle/check.h"
#include "base/suggest.h"

static const char *const language_directives[] = {"only",    "except", "lang",      "include", "included",
                                                  "note",    "tip",    "important", "warning", "caution",
                                                  "replace", "insert", "remove",    "set"};
enum { LANGUAGE_DIRECTIVE_COUNT = sizeof language_directives / sizeof language_directives[0] };

static void add_help(struct diag_list *diags, const struct suggestion *suggestion, const char *otherwise)
{
    char help[400];
    suggest_text(suggestion, help, sizeof help);
    diag_help(diags, "%s", help[0] ? help : otherwise);
}

static void check_token(const struct site_facts *facts, const struct document *document, const struct token *token,
                        const struct diag_file *file, struct diag_list *diags)
{
    struct slice name = document_text(document, token->name);
    if (facts_param(facts, name) != TABLE_NONE)
        return;
    struct suggestion suggestion = {.wanted = name};
    for (uint32_t i = 0; i < facts->param_count; i++)
        suggest_offer(&suggestion, facts->params[i].name);
    diag_add(diags, DIAG_PARAM_UNKNOWN, (struct place){file, token->at, token->length}, "no parameter is called '%.*s'",
             SLICE_ARGS(name));
    add_help(diags, &suggestion, "declare it in params.yaml, or write \\{{ for two braces");
}

static bool is_known(const struct site_facts *facts, struct slice name)
{
    for (size_t i = 0; i < LANGUAGE_DIRECTIVE_COUNT; i++)
        if (slice_is(name, language_directives[i]))
            return true;
    uint32_t kind = facts_kind(facts, name);
    return kind != TABLE_NONE && facts->kinds[kind].forms & FORM_BLOCK;
}

static void check_condition(const struct site_facts *facts, const struct document *document,
                            const struct directive *directive, const struct diag_file *file, struct diag_list *diags)
{
    for (uint32_t i = 0; i < directive->attribute_count; i++) {
        const struct attribute *attribute = &document->attributes[directive->first_attribute + i];
        if (!slice_is(document_text(document, attribute->key), "edition"))
            continue;
        struct slice unknown = config_unknown_edition(facts->config, document_text(document, attribute->value));
        if (unknown.length == 0)
            continue;
        struct suggestion suggestion = {.wanted = unknown};
        for (size_t j = 0; j < facts->config->edition_count; j++)
            suggest_offer(&suggestion, slice_of(facts->config->editions[j].id));
        diag_add(diags, DIAG_CONDITION_EDITION, (struct place){file, attribute->at, attribute->length},
                 "the site has no edition '%.*s'", SLICE_ARGS(unknown));
        add_help(diags, &suggestion, "editions are declared in waymark.yaml");
    }
}

static void check_directive(const struct site_facts *facts, const struct document *document,
                            const struct directive *directive, const struct diag_file *file, struct diag_list *diags)
{
    struct slice name = document_text(document, directive->name);
    if (slice_is(name, "only") || slice_is(name, "except"))
        check_condition(facts, document, directive, file, diags);
    if (is_known(facts, name))
        return;
    struct suggestion suggestion = {.wanted = name};
    for (size_t i = 0; i < LANGUAGE_DIRECTIVE_COUNT; i++)
        suggest_offer(&suggestion, slice_of(language_directives[i]));
    for (uint32_t i = 0; i < facts->kind_count; i++)
        if (facts->kinds[i].forms & FORM_BLOCK)
            suggest_offer(&suggestion, facts->kinds[i].name);
    diag_add(diags, DIAG_DIRECTIVE_UNKNOWN, (struct place){file, directive->at, directive->length},
             "no directive is called '%.*s'", SLICE_ARGS(name));
    add_help(diags, &suggestion, "declare it as a kind in schema.yaml, or write \\::: for three colons");
}

void settle_check_document(const struct site_facts *facts, const struct document *document, const char *path,
                           struct diag_list *diags)
{
    struct diag_file file = {path, document_file_bytes(document)};
    for (uint32_t i = 0; i < document->token_count; i++)
        check_token(facts, document, &document->tokens[i], &file, diags);
    for (uint32_t i = 0; i < document->directive_count; i++)
        check_directive(facts, document, &document->directives[i], &file, diags);
}
