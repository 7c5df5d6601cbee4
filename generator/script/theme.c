/* Reads themes from folders, child before parent. Relies on base/file for reading
 * without following links, on yaml/ for theme.yaml. */

#include "script/theme.h"
#include "base/file.h"
#include "base/limits.h"
#include "yaml/read.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LAYERS_MOST = 8, DEPTH_MOST = 8 };

/* ---- theme.yaml ---- */

struct theme_record {
    const char *name, *extends, *logo, *icon;
    const char **styles;
    size_t style_count;
};

static const struct yaml_row rows[] = {
    {.key = "name", .type = YAML_TEXT, .at = offsetof(struct theme_record, name)},
    {.key = "extends", .type = YAML_TEXT, .at = offsetof(struct theme_record, extends)},
    {.key = "logo", .type = YAML_TEXT, .at = offsetof(struct theme_record, logo)},
    {.key = "icon", .type = YAML_TEXT, .at = offsetof(struct theme_record, icon)},
    {.key = "styles",
     .type = YAML_TEXTS,
     .at = offsetof(struct theme_record, styles),
     .count_at = offsetof(struct theme_record, style_count)},
};

static const struct theme_file *file_named(const struct theme_layer *layer, const char *name)
{
    for (size_t i = 0; i < layer->file_count; i++)
        if (strcmp(layer->files[i].name, name) == 0)
            return &layer->files[i];
    return NULL;
}

/* All empty when the layer has no theme.yaml. */
static struct theme_record read_record(struct arena *arena, const struct theme_layer *layer, struct diag_list *diags)
{
    struct theme_record record = {0};
    const struct theme_file *from = file_named(layer, "theme.yaml");
    if (!from)
        return record;
    struct diag_file file = {from->path, from->bytes};
    struct yaml_reader reader = {.file = &file, .arena = arena, .diags = diags, .is_config = true};
    const struct yaml_node *root;
    if (yaml_load(&root, arena, &file, from->bytes, diags) && yaml_expect(&reader, root, YAML_MAPPING))
        yaml_record(&record, &reader, root, rows, ARRAY_COUNT(rows), "a theme");
    return record;
}

static bool has_asset(const struct theme_layer *layers, size_t layer_count, const char *name)
{
    for (size_t i = 0; i < layer_count; i++)
        for (size_t j = 0; j < layers[i].file_count; j++)
            if (strncmp(layers[i].files[j].name, "assets/", 7) == 0 && strcmp(layers[i].files[j].name + 7, name) == 0)
                return true;
    return false;
}

static void check_asset(const struct theme_layer *layers, size_t layer_count, const struct theme_layer *layer,
                        const char *name, struct diag_list *diags)
{
    if (!name || has_asset(layers, layer_count, name))
        return;
    const struct theme_file *from = file_named(layer, "theme.yaml");
    struct diag_file file = {from->path, from->bytes};
    diag_add(diags, DIAG_TEMPLATE_UNKNOWN, place_file(&file), "the theme has no asset '%s'", name);
    diag_help(diags, "name a file below assets/, or remove it here");
}

struct theme_facts theme_facts(struct arena *arena, const struct theme_layer *layers, size_t layer_count,
                               struct diag_list *diags)
{
    struct theme_facts facts = {0};
    struct theme_record *records = ARENA_ARRAY(arena, struct theme_record, layer_count);
    size_t style_count = 0;
    for (size_t i = 0; i < layer_count; i++) {
        records[i] = read_record(arena, &layers[i], diags);
        style_count += records[i].style_count;
        check_asset(layers, layer_count, &layers[i], records[i].logo, diags);
        check_asset(layers, layer_count, &layers[i], records[i].icon, diags);
        for (size_t j = 0; j < records[i].style_count; j++)
            check_asset(layers, layer_count, &layers[i], records[i].styles[j], diags);
        facts.name = facts.name ? facts.name : records[i].name;
        facts.logo = facts.logo ? facts.logo : records[i].logo;
        facts.icon = facts.icon ? facts.icon : records[i].icon;
    }
    facts.styles = ARENA_ARRAY(arena, const char *, style_count);
    for (size_t i = layer_count; i-- > 0;)
        for (size_t j = 0; j < records[i].style_count; j++)
            facts.styles[facts.style_count++] = records[i].styles[j];
    return facts;
}

/* ---- folders ---- */

struct reading {
    struct arena *arena;
    struct diag_list *diags;
    const char *shown; /* the theme's folder, for diagnostics */
    int folder;        /* descriptor of it */
    const char *below; /* the folder that is read, from the theme's; "" for itself */
    unsigned depth;
    struct theme_file *files;
    size_t count, capacity, bytes;
    bool has_failed;
};

static bool refuse_file(struct reading *reading, const char *name, const char *why, const char *help)
{
    struct diag_file file = {arena_printf(reading->arena, "%s/%s", reading->shown, name), {"", 0}};
    reading->has_failed = true;
    diag_add(reading->diags, DIAG_THEME_FILE, place_file(&file), "this file of the theme %s", why);
    return diag_help(reading->diags, "%s", help);
}

static bool read_file(struct reading *reading, const char *name)
{
    if (reading->count == LIMIT_THEME_FILES)
        return refuse_file(reading, name, "is one too many", "a theme has at most 2,000 files");
    struct buffer bytes = BUFFER(LIMIT_THEME_BYTES - reading->bytes);
    if (!file_read(reading->folder, name, &bytes)) {
        const char *why =
            errno == EFBIG ? "is too large" : arena_printf(reading->arena, "cannot be read: %s", strerror(errno));
        buffer_free(&bytes);
        return refuse_file(reading, name, why, "all files of a theme together have at most 64 MB");
    }
    LIST_GROW(reading->files, reading->count, reading->capacity);
    reading->files[reading->count++] =
        (struct theme_file){.name = name,
                            .path = arena_printf(reading->arena, "%s/%s", reading->shown, name),
                            .bytes = arena_slice(reading->arena, buffer_view(&bytes))};
    reading->bytes += bytes.length;
    buffer_free(&bytes);
    return true;
}

static bool read_entry(void *context, const char *entry, unsigned char type)
{
    struct reading *reading = context;
    const char *below = reading->below;
    if (entry[0] == '.')
        return true;
    const char *name =
        *below ? arena_printf(reading->arena, "%s/%s", below, entry) : arena_printf(reading->arena, "%s", entry);
    if (type == DT_REG)
        return read_file(reading, name);
    if (type != DT_DIR || reading->depth == DEPTH_MOST)
        return true;
    reading->below = name;
    reading->depth++;
    bool ok = folder_list(reading->folder, name, read_entry, reading);
    reading->below = below;
    reading->depth--;
    return ok || refuse_file(reading, name, "cannot be read", "let the folder be readable");
}

/* The folder's descriptor, or -1. */
static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool read_layer(struct theme_layer *out, struct arena *arena, int folder, const char *shown,
                       struct diag_list *diags)
{
    struct reading reading = {.arena = arena, .diags = diags, .shown = shown, .folder = folder, .below = ""};
    bool ok = folder_list(folder, ".", read_entry, &reading);
    if (!ok && !reading.has_failed)
        refuse_file(&reading, ".", "cannot be read", "let the folder be readable");
    const char *slash = strrchr(shown, '/');
    struct theme_file *files = ARENA_ARRAY(arena, struct theme_file, reading.count);
    if (reading.count)
        memcpy(files, reading.files, reading.count * sizeof *files);
    *out = (struct theme_layer){.name = slash ? slash + 1 : shown, .files = files, .file_count = reading.count};
    free(reading.files);
    return !reading.has_failed;
}

/* ---- the chain of themes ---- */

static bool is_plain_name(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

/* Opens the theme `name`: beside `sibling`, in the site's themes, among the installed ones. */
static int open_parent(const char **shown, struct arena *arena, const char *root, const char *sibling,
                       const char *installed, const char *name)
{
    const char *slash = strrchr(sibling, '/');
    struct slice parent = {sibling, slash ? (size_t)(slash - sibling) : 0};
    const char *places[] = {slash ? arena_printf(arena, "%.*s/%s", SLICE_ARGS(parent), name) : name,
                            arena_printf(arena, "themes/%s", name),
                            *installed ? arena_printf(arena, "%s/%s", installed, name) : NULL};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (!places[i])
            continue;
        *shown = places[i];
        int folder = open_folder(places[i][0] == '/' ? places[i] : arena_printf(arena, "%s/%s", root, places[i]));
        if (folder >= 0)
            return folder;
    }
    return -1;
}

static bool missing(struct diag_list *diags, const struct theme_layer *child, const char *name)
{
    const struct theme_file *from = child ? file_named(child, "theme.yaml") : NULL;
    struct diag_file file = from ? (struct diag_file){from->path, from->bytes} : (struct diag_file){NULL, {"", 0}};
    diag_add(diags, DIAG_THEME_MISSING, from ? place_file(&file) : PLACE_RUN, "there is no theme '%s'", name);
    return diag_help(diags, child ? "themes are looked for beside this one, in 'themes' and among those that came "
                                    "with waymark; 'extends: none' takes no other"
                                  : "'theme' in waymark.yaml names a folder: 'themes/default'");
}

static bool is_same_folder(int a, int b)
{
    struct stat one, other;
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The theme that a layer extends; NULL: none. */
static const char *parent_name(struct arena *arena, const struct theme_layer *layer, struct diag_list *diags)
{
    struct theme_record record = read_record(arena, layer, diags);
    const char *name = record.extends ? record.extends : strcmp(layer->name, "default") == 0 ? "none" : "default";
    return strcmp(name, "none") == 0 ? NULL : name;
}

static int compare_assets(const void *a, const void *b)
{
    const struct theme_file *const *one = a, *const *other = b;
    return strcmp((*one)->name, (*other)->name);
}

static void collect_assets(struct theme *theme, struct arena *arena)
{
    size_t most = 0;
    for (size_t i = 0; i < theme->layer_count; i++)
        most += theme->layers[i].file_count;
    theme->assets = ARENA_ARRAY(arena, const struct theme_file *, most);
    for (size_t i = 0; i < theme->layer_count; i++) {
        for (size_t j = 0; j < theme->layers[i].file_count; j++) {
            const struct theme_file *file = &theme->layers[i].files[j];
            theme->key = key_mix(theme->key, (struct slice){file->name, strlen(file->name) + 1});
            theme->key = key_mix(theme->key, file->bytes);
            bool is_hidden = strncmp(file->name, "assets/", 7) != 0;
            for (size_t k = 0; k < theme->asset_count && !is_hidden; k++)
                is_hidden = strcmp(theme->assets[k]->name, file->name) == 0;
            if (!is_hidden)
                theme->assets[theme->asset_count++] = file;
        }
    }
    if (theme->asset_count)
        qsort(theme->assets, theme->asset_count, sizeof *theme->assets, compare_assets);
}

bool theme_load(struct theme *out, struct arena *arena, const char *root, const char *folder, const char *installed,
                struct diag_list *diags)
{
    *out = (struct theme){.layers = ARENA_ARRAY(arena, struct theme_layer, LAYERS_MOST)};
    struct slice trimmed = slice_of(folder);
    while (trimmed.length > 1 && trimmed.at[trimmed.length - 1] == '/')
        trimmed.length--;
    folder = arena_copy(arena, trimmed.at, trimmed.length);
    int folders[LAYERS_MOST];
    const char *shown = folder, *name = folder;
    bool ok = true;
    int next = open_folder(folder[0] == '/' ? folder : arena_printf(arena, "%s/%s", root, folder));
    const char *plain = strncmp(folder, "themes/", 7) == 0 ? folder + 7 : folder;
    if (next < 0 && is_plain_name(plain))
        next = open_parent(&shown, arena, root, "themes/", installed, plain);
    while (name && ok) {
        const struct theme_layer *child = out->layer_count ? &out->layers[out->layer_count - 1] : NULL;
        if (next < 0 || out->layer_count == LAYERS_MOST) {
            ok = missing(diags, child, name);
            break;
        }
        bool is_circle = false;
        for (size_t i = 0; i < out->layer_count; i++)
            is_circle |= is_same_folder(folders[i], next);
        if (is_circle) {
            diag_add(diags, DIAG_THEME_MISSING, PLACE_RUN, "the themes that '%s' extends go round in a circle", folder);
            ok = diag_help(diags, "write 'extends: none' into the theme.yaml of the last one");
            file_close(next);
            break;
        }
        folders[out->layer_count] = next;
        struct theme_layer *layer = &out->layers[out->layer_count++];
        ok = read_layer(layer, arena, next, shown, diags);
        name = parent_name(arena, layer, diags);
        if (name && !is_plain_name(name))
            ok = missing(diags, layer, name);
        else if (name)
            next = open_parent(&shown, arena, root, shown, installed, name);
    }
    for (size_t i = 0; i < out->layer_count; i++)
        file_close(folders[i]);
    collect_assets(out, arena);
    return ok;
}

struct slice theme_asset_name(const struct theme_file *asset)
{
    return slice_from(slice_of(asset->name), strlen("assets/"));
}
