/* Names every document of the site: its id, the path of its page, its title,
 * whether it is published on the build's date. */

#include "vary/vary.h"
#include "base/limits.h"
#include <ctype.h>

static struct slice without_extension(struct slice path)
{
    size_t dot = path.length;
    while (dot > 0 && path.at[dot - 1] != '.')
        dot--;
    return (struct slice){path.at, dot ? dot - 1 : path.length};
}

struct slice title_from_name(struct arena *arena, struct slice name)
{
    char *title = arena_copy(arena, name.at, name.length);
    for (size_t i = 0; i < name.length; i++)
        if (title[i] == '-' || title[i] == '_')
            title[i] = ' ';
    if (name.length)
        title[0] = (char)toupper((unsigned char)title[0]);
    return (struct slice){title, name.length};
}

static bool is_readme(struct slice name)
{
    return name.length == strlen("README") && strncasecmp(name.at, "README", name.length) == 0;
}

/* A README stands for its folder when there is no index.md in it. */
static struct slice page_stem(struct site *site, const struct file_entry *file, bool *is_index)
{
    struct slice stem = without_extension(file->path);
    struct slice name = path_name(stem), folder = path_folder(stem);
    *is_index = slice_is(name, "index");
    if (*is_index || !is_readme(name))
        return stem;
    const char *joint = folder.length ? "/" : "";
    struct slice index = slice_of(arena_printf(&site->arena, "%.*s%sindex", SLICE_ARGS(folder), joint));
    struct slice index_file = slice_of(arena_printf(&site->arena, "%.*s.md", SLICE_ARGS(index)));
    if (table_get(&site->by_path[file->source], index_file) != TABLE_NONE)
        return stem;
    *is_index = true;
    return index;
}

static struct slice derived_id(const struct site_document *document)
{
    if (!document->is_index)
        return document->stem;
    struct slice folder = path_folder(document->stem);
    return folder.length ? folder : SLICE("index");
}

/* Is it shown on the build's date? Drafts and retired pages are not, nor what is not in force. */
static bool is_in_force(const struct site *site, const struct document *facts)
{
    struct slice status = document_field_text(facts, FIELD_STATUS);
    if (slice_is(status, "draft") || slice_is(status, "retired"))
        return false;
    const struct field *from = document_field(facts, FIELD_VALID_FROM);
    const struct field *until = document_field(facts, FIELD_VALID_UNTIL);
    return !(from && from->number > site->build_date) && !(until && until->number < site->build_date);
}

static uint32_t edition_of_source(const struct site_config *config, const char *source)
{
    for (size_t i = 0; i < config->edition_count; i++)
        for (size_t j = 0; j < config->editions[i].source_count; j++)
            if (strcmp(config->editions[i].sources[j], source) == 0)
                return (uint32_t)i;
    return NONE;
}

static void name_document(struct site *site, struct site_document *document, const struct vary_options *options)
{
    const struct file_entry *file = &site->files->items[document->file];
    const struct document *facts = &document->facts;
    document->source = file->source;
    document->edition = edition_of_source(site->config, site->files->sources[file->source].name);
    document->stem = page_stem(site, file, &document->is_index);
    document->id = document_field_text(facts, FIELD_ID);
    if (document->id.length == 0)
        document->id = derived_id(document);
    document->title = document_text(facts, facts->title);
    if (document->title.length == 0) {
        struct slice named = document->is_index ? path_folder(document->stem) : document->stem;
        named = path_name(named);
        document->title = named.length ? title_from_name(&site->arena, named) : slice_of(site->config->site_name);
    }
    const struct field *order = document_field(facts, FIELD_ORDER);
    document->order = order ? order->number : INT64_MAX;
    document->is_published = options->drafts || is_in_force(site, facts);
}

static void index_paths(struct site *site)
{
    const struct file_list *files = site->files;
    site->by_path = ARENA_ARRAY(&site->arena, struct table, files->source_count + 1);
    for (uint32_t i = 0; i < files->count; i++)
        table_add(&site->by_path[files->items[i].source], files->items[i].path, i);
}

/* "page.fr.md" translates page.md when the site has French. */
static bool is_translation(const struct site *site, const struct file_entry *file)
{
    struct slice name = path_name(without_extension(file->path));
    size_t dot = name.length;
    while (dot > 0 && name.at[dot - 1] != '.')
        dot--;
    return dot > 1 && config_language(site->config, slice_from(name, dot));
}

/* What this version cannot apply is said, and never shown as something else. */
static bool is_page(struct site *site, const struct site_document *document, struct diag_list *diags)
{
    const struct file_entry *file = &site->files->items[document->file];
    bool is_overlay = document->facts.flags & DOCUMENT_IS_OVERLAY;
    if (!is_overlay && !is_translation(site, file))
        return true;
    struct diag_file where = {file_shown_path(&site->arena, site, document->file), SLICE("")};
    diag_add(diags, DIAG_NOT_APPLIED, place_file(&where), "this version of Waymark does not apply %s", is_overlay ? "overlays" : "translations");
    return diag_help(diags, "take the file out, or lower the category `all` to publish without it");
}

void vary_documents(struct site *site, const struct parsed_document *parsed, uint32_t count,
                    const struct vary_options *options, struct diag_list *diags)
{
    index_paths(site);
    site->documents = ARENA_ARRAY(&site->arena, struct site_document, count);
    site->document_count = count;
    site->document_of_file = ARENA_ARRAY(&site->arena, uint32_t, site->files->count + 1);
    for (uint32_t i = 0; i < site->files->count; i++)
        site->document_of_file[i] = NONE;
    for (uint32_t i = 0; i < count; i++) {
        struct site_document *document = &site->documents[i];
        document->file = parsed[i].file;
        document->key = parsed[i].key;
        document->facts = parsed[i].facts;
        site->document_of_file[parsed[i].file] = i;
        name_document(site, document, options);
        if (!is_page(site, document, diags))
            document->is_published = false;
    }
}
