/* country.yaml: what an edition may say about itself. What it must not decide
 * stands in waymark.yaml, and is named as such. */

#include "model/nav.h"
#include "settle/parts.h"

struct country_texts {
    const struct yaml_node *title, *about, *languages, *params, *nav, *contacts;
    const char *language;
};

struct contact_record {
    struct contact contact;
    const struct yaml_node *node;
};

static bool read_contact(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                         struct contact *contact)
{
    static const struct yaml_row rows[] = {
        {"name", YAML_NODE, .at = offsetof(struct contact_record, node), .required = true},
        {"role", YAML_NODE, .at = offsetof(struct contact_record, node)},
        {"phone", YAML_TEXT, .at = offsetof(struct contact_record, contact.phone)},
        {"email", YAML_TEXT, .at = offsetof(struct contact_record, contact.email)},
        {"url", YAML_TEXT, .at = offsetof(struct contact_record, contact.url)},
        {"address", YAML_NODE, .at = offsetof(struct contact_record, node)},
        {"hours", YAML_NODE, .at = offsetof(struct contact_record, node)},
        {"note", YAML_NODE, .at = offsetof(struct contact_record, node)},
    };
    struct contact_record record = {.contact = {.phone = "", .email = "", .url = ""}};
    if (!yaml_record(&record, reader, node, rows, ARRAY_COUNT(rows), "a contact"))
        return false;
    *contact = record.contact;
    bool ok = settle_text_of(load, reader, node, "name", &contact->name);
    ok &= settle_text_of(load, reader, node, "role", &contact->role);
    ok &= settle_text_of(load, reader, node, "address", &contact->address);
    ok &= settle_text_of(load, reader, node, "hours", &contact->hours);
    ok &= settle_text_of(load, reader, node, "note", &contact->note);
    const char *at = strchr(contact->email, '@');
    if (contact->email[0] && (!at || at == contact->email || !at[1] || strpbrk(contact->email, " \t\"<>\\,;")))
        ok = yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(node, "email")),
                         "write one address, like desk@example.org", "'email' must be an e-mail address");
    if (contact->url[0] &&
        !(settle_is_address(slice_of(contact->url)) && slice_starts_with(slice_of(contact->url), "http")))
        ok = yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, yaml_get(node, "url")),
                         "write one that begins with https://", "'url' must be a web address");
    return ok;
}

static bool read_contacts(const struct settle_load *load, const struct yaml_reader *reader,
                          const struct yaml_node *list, struct country *country)
{
    struct contact *contacts = ARENA_ARRAY(load->arena, struct contact, list->count);
    bool ok = true;
    for (const struct yaml_node *node = list->first; node; node = node->next) {
        if (read_contact(load, reader, node, &contacts[country->contact_count]))
            country->contact_count++;
        else
            ok = false;
    }
    country->contacts = contacts;
    return ok;
}

static bool is_among(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool check_tag(const struct settle_load *load, const struct yaml_reader *reader, const struct yaml_node *node,
                      const struct edition_spec *edition, const char *tag)
{
    const struct site_config *config = load->config;
    bool is_limited = edition->languages_allowed_count > 0;
    if (is_limited ? is_among(edition->languages_allowed, edition->languages_allowed_count, tag)
                   : config_language(config, slice_of(tag)) != NULL)
        return true;
    const char **tags = ARENA_ARRAY(load->arena, const char *, config->language_count);
    size_t count = 0;
    for (size_t i = 0; i < config->language_count; i++)
        if (!is_limited ||
            is_among(edition->languages_allowed, edition->languages_allowed_count, config->languages[i].tag))
            tags[count++] = config->languages[i].tag;
    return yaml_report_name(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node), slice_of(tag), tags, count,
                            is_limited ? "waymark.yaml does not allow this edition the language '%s'"
                                       : "the site has no language '%s'",
                            tag);
}

static bool read_languages(const struct settle_load *load, const struct yaml_reader *reader,
                           const struct yaml_node *node, struct edition_spec *edition)
{
    const char **tags;
    size_t count;
    bool ok = yaml_read_texts(&tags, &count, reader, node);
    const struct yaml_node *item = node->kind == YAML_SEQUENCE ? node->first : node;
    for (size_t i = 0; ok && i < count; i++, item = item->next)
        ok = check_tag(load, reader, item, edition, tags[i]) &&
             (!is_among((const char *const *)tags, i, tags[i]) ||
              yaml_report(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, item), "keep one",
                          "'%s' stands twice in the list", tags[i]));
    if (!ok)
        return false;
    if (count == 0)
        return yaml_report(reader, DIAG_VALUE_EMPTY, yaml_place(reader->file, node), "write [fr, ar]",
                           "'languages' is an empty list");
    edition->languages = tags;
    edition->language_count = count;
    edition->language = tags[0];
    return true;
}

/* `language` is the one that the edition writes in; it is one of those it shows. */
static bool read_language(const struct settle_load *load, const struct yaml_reader *reader,
                          const struct yaml_node *node, struct edition_spec *edition, const char *tag)
{
    (void)load;
    if (is_among(edition->languages, edition->language_count, tag)) {
        edition->language = tag;
        return true;
    }
    return yaml_report_name(reader, DIAG_VALUE_TYPE, yaml_place(reader->file, node), slice_of(tag),
                            (const char *const *)edition->languages, edition->language_count,
                            "the edition's own language '%s' is not among its languages", tag);
}

bool settle_country(struct settle_load *load, struct layer *layer, struct edition_spec *edition,
                    const struct diag_file *file)
{
    static const char elsewhere[] = "a country cannot decide it: it belongs into waymark.yaml, under `editions`";
    static const struct yaml_row rows[] = {
        {"title", YAML_NODE, .at = offsetof(struct country_texts, title), .required = true},
        {"language", YAML_TEXT, .at = offsetof(struct country_texts, language)},
        {"languages", YAML_NODE, .at = offsetof(struct country_texts, languages)},
        {"params", YAML_MAP, .at = offsetof(struct country_texts, params)},
        {"nav", YAML_LIST, .at = offsetof(struct country_texts, nav)},
        {"contacts", YAML_LIST, .at = offsetof(struct country_texts, contacts)},
        {"about", YAML_NODE, .at = offsetof(struct country_texts, about)},
        {"source", YAML_ELSEWHERE, .choices = elsewhere},
        {"sources", YAML_ELSEWHERE, .choices = elsewhere},
        {"path", YAML_ELSEWHERE, .choices = elsewhere},
        {"extends", YAML_ELSEWHERE, .choices = elsewhere},
        {"visibility", YAML_ELSEWHERE, .choices = elsewhere},
        {"languages_allowed", YAML_ELSEWHERE, .choices = elsewhere},
    };
    struct yaml_reader reader = settle_reader(load, file);
    const struct yaml_node *root = settle_open(&reader);
    if (!root)
        return false;
    struct country_texts texts = {.language = NULL};
    struct country *country = ARENA_NEW(load->arena, struct country);
    bool ok = yaml_record(&texts, &reader, root, rows, ARRAY_COUNT(rows), "country.yaml");
    ok &= settle_text_of(load, &reader, root, "title", &country->title);
    ok &= settle_text_of(load, &reader, root, "about", &country->about);
    if (texts.languages)
        ok &= read_languages(load, &reader, texts.languages, edition);
    if (texts.language)
        ok &= read_language(load, &reader, yaml_get(root, "language"), edition, texts.language);
    if (texts.contacts)
        ok &= read_contacts(load, &reader, texts.contacts, country);
    if (texts.nav)
        ok &= nav_read(&edition->nav, &edition->nav_count, &reader, texts.nav);
    if (texts.params)
        ok &= settle_values(load, &reader, layer, texts.params);
    if (country->title.count)
        edition->title = facts_text(load->root, &country->title, edition->language, NULL).at;
    layer->country = country;
    return ok;
}
