/* Look-ups in the configuration. A site has tens of languages, sources and
 * editions, so a linear search is all they need. */

#include "model/config.h"

const struct language *config_language(const struct site_config *config, struct slice tag)
{
    for (size_t i = 0; i < config->language_count; i++)
        if (slice_is(tag, config->languages[i].tag))
            return &config->languages[i];
    return NULL;
}

const struct source_spec *config_source(const struct site_config *config, struct slice name)
{
    for (size_t i = 0; i < config->source_count; i++)
        if (slice_is(name, config->sources[i].name))
            return &config->sources[i];
    return NULL;
}

const struct edition_spec *config_edition(const struct site_config *config, struct slice id)
{
    for (size_t i = 0; i < config->edition_count; i++)
        if (slice_is(id, config->editions[i].id))
            return &config->editions[i];
    return NULL;
}

/* Takes the first word off `*rest`; empty at the end. */
static struct slice next_word(struct slice *rest)
{
    *rest = slice_trim(*rest);
    size_t length = 0;
    while (length < rest->length && !strchr(" \t\r\n", rest->at[length]))
        length++;
    struct slice word = {rest->at, length};
    *rest = slice_from(*rest, length);
    return word;
}

static bool is_or_extends(const struct site_config *config, const struct edition_spec *edition, struct slice id)
{
    while (edition) {
        if (slice_is(id, edition->id))
            return true;
        edition = edition->extends[0] ? config_edition(config, slice_of(edition->extends)) : NULL;
    }
    return false;
}

static bool has_word(struct slice words, struct slice wanted)
{
    for (struct slice word = next_word(&words); word.length; word = next_word(&words))
        if (slice_equal(word, wanted))
            return true;
    return false;
}

bool config_shows(const struct site_config *config, const struct edition_spec *edition, struct slice audience,
                  enum condition condition, struct slice editions, struct slice audiences)
{
    bool any_edition = slice_trim(editions).length == 0, any_audience = slice_trim(audiences).length == 0;
    bool fits_edition = any_edition;
    for (struct slice word = next_word(&editions); word.length && !fits_edition; word = next_word(&editions))
        fits_edition = is_or_extends(config, edition, word);
    bool fits_audience = any_audience || has_word(audiences, audience);
    bool is_for_all = audience.length == 0 && !any_audience;
    if (condition == CONDITION_ONLY || (any_edition && any_audience))
        return fits_edition && (fits_audience || is_for_all);
    return !(fits_edition && fits_audience);
}

struct slice config_unknown_edition(const struct site_config *config, struct slice editions)
{
    for (struct slice word = next_word(&editions); word.length; word = next_word(&editions))
        if (!config_edition(config, word))
            return word;
    return (struct slice){0};
}
