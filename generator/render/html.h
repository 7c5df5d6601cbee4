#ifndef WAYMARK_RENDER_HTML_H
#define WAYMARK_RENDER_HTML_H

/* The body of a page as HTML, from the passages of a variant.
 *
 * One walk writes the HTML and notes what it saw on the way: headings for the
 * contents, plain text for search, what was asked for (references, parameters,
 * conditions). What depends on the variant comes through hooks; the walk itself
 * knows one document after another and nothing of editions, themes or files.
 *
 * Without hooks (`hooks == NULL`) it is bare: the HTML of the GFM specification,
 * no ids, no classes of ours, the title as a heading; what may not pass is the
 * same as everywhere.
 *
 * Whatever a document holds, the output is well nested, all text is escaped,
 * every attribute is quoted, and every URL has an allowed scheme or is relative.
 * It holds no script, no style and no event handler. The elements and classes
 * are those that themes/README.md lists under "What the body contains". The
 * page's own title is left to the layout, and no heading is above level 2; an
 * include shows the title of what it brings. An id that stands on the page
 * already is not given twice. */

#include "base/buffer.h"
#include "model/variant.h"

/* Where a hook is asked from. */
struct html_where {
    const struct page *page;
    const struct passage *passage;   /* the innermost one, when passages include passages */
    const struct document *document; /* the passage's */
};

enum html_state {
    HTML_OK,
    HTML_MISSING, /* nothing there: the text stands, marked, without a link */
    HTML_REFUSED, /* may not be linked: the text stands, marked, without a link */
    HTML_PLAIN,   /* no link and no mark: the text alone (`links="text"`) */
};

/* An answer to resolve(). All slices are plain text, not escaped, and must live
 * until html_render returns. Zeroed before the call. */
struct html_target {
    enum html_state state;
    struct slice href;      /* relative or with an allowed scheme; checked again here */
    struct slice text;      /* shown where the link's own text is empty */
    struct slice title;     /* the definition of a term, the full title of an instrument */
    struct slice language;  /* of text and title when it is not that of the passage, else empty */
    bool is_rtl;            /* of that language */
    bool is_file;           /* an attachment, not a page */
    uint32_t width, height; /* of an image, in pixels; 0: not known */
};

/* An answer to parameter(). Not filled in: `text` is the parameter's meaning and
 * is shown in brackets, marked. */
struct html_parameter {
    struct slice text;
    bool is_filled;
    struct slice language;
    bool is_rtl;
};

/* A fact of a typed element that names something: a line of the list after its
 * title. Lines with one name that follow each other share it. */
struct html_field {
    struct slice name; /* "Principle" */
    struct slice text; /* "Legitimacy" */
    struct slice href; /* as in html_target; may be empty */
    struct slice language;
    bool is_rtl;
};

/* An answer to directive(): how a container or leaf shows. */
struct html_directive {
    struct slice kind; /* what it is, in the reader's language: "Good practice"; empty: the directive's name */
    const struct html_field *fields;
    uint32_t field_count;
    struct slice html;              /* a leaf of the theme: its HTML, not escaped */
    const struct passage *passages; /* shown in place of its content (what a plugin made), or NULL */
    uint32_t passage_count;
    bool is_hidden; /* nothing at all is shown */
};

/* An answer to include(). */
struct html_include {
    const struct passage *passages; /* documents of the same page; they carry level shift and PASSAGE_NO_IDS */
    uint32_t passage_count;
    struct slice href;  /* of what is included: its own place; may be empty */
    struct slice title; /* its title, for the link to that place; may be empty */
    struct slice from;  /* "procurement#records": what it was made from */
};

/* An answer to passage(): what stands in the frame around one passage. The
 * classes of the frame follow from the passage; one that has neither class nor
 * language nor notice has no frame. */
struct html_frame {
    struct slice language; /* set when it is not the page's: gives lang and dir */
    bool is_rtl;
    struct slice notice; /* HTML of the theme, at the top of the frame: not escaped */
};

/* Every hook may be NULL. One that returns false has no answer: a reference is
 * missing, a parameter shows its token, a directive shows its content plainly,
 * an include shows nothing, a condition holds, a passage has no language or notice. */
struct html_hooks {
    void *context;
    bool (*resolve)(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_target *out);
    bool (*parameter)(void *context, const struct html_where *where, struct slice name, struct html_parameter *out);
    bool (*directive)(void *context, const struct html_where *where, const struct directive *directive,
                      struct html_directive *out);
    bool (*include)(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_include *out);
    /* Sets *is_shown. */
    bool (*condition)(void *context, const struct html_where *where, const struct directive *directive, bool *is_shown);
    bool (*passage)(void *context, const struct html_where *where, struct html_frame *out);
};

/* Words of the interface that stand inside a body, in the reader's language, from
 * the theme's messages. Plain text. An empty one falls back to English. */
struct html_words {
    struct slice permalink;            /* "Link to this section": the accessible name of a heading's link */
    struct slice note[5];              /* titles of notes without one, by enum note_kind */
    struct slice footnotes;            /* "Footnotes" */
    struct slice footnote_back;        /* "Back to the text" */
    struct slice missing;              /* "not found", after a reference without a target */
    struct slice not_filled_in;        /* "not filled in", the title of an open parameter */
    struct slice table;                /* "Table": name of the scrolling box around a table */
    struct slice task_done, task_open; /* "done", "open" */
    struct slice included_from;        /* "From": before the title of what was included */
};

/* One heading of the page, for the contents. */
struct html_heading {
    uint32_t level;    /* as shown, 1..6 */
    uint32_t section;  /* in the passage's document */
    uint32_t document; /* index into page.documents */
    struct span id;    /* in facts.pool: the value of the id attribute; empty for one without */
    struct span title; /* in facts.pool: plain text, parameters filled in */
    struct span html;  /* in facts.pool: its inlines without links, ids and footnotes */
    size_t text_at;    /* where its section's text begins in facts.text */
    size_t html_at;    /* where the heading begins in the body */
};

enum html_read_kind { HTML_READ_REFERENCE, HTML_READ_PARAMETER, HTML_READ_CONDITION, HTML_READ_DIRECTIVE };

/* Something that the hooks were asked for, in the order of the page. */
struct html_read {
    uint32_t kind;     /* enum html_read_kind */
    uint32_t document; /* index into page.documents */
    uint32_t index;    /* into its references, tokens or directives */
};

/* What the walk saw. Zero-initialise; html_facts_clear keeps the memory for the
 * next page; html_facts_free. */
struct html_facts {
    bool want_text; /* set by the caller: fill `text` */
    struct buffer pool;
    struct html_heading *headings;
    size_t heading_count, heading_capacity;
    struct html_read *reads;
    size_t read_count, read_capacity;
    struct buffer text; /* words of the page, blocks separated by LF; code included, alt texts included */
    uint32_t footnote_count;
    uint32_t missing_count; /* references without target */
};
void html_facts_clear(struct html_facts *facts);
void html_facts_free(struct html_facts *facts);

struct html_input {
    const struct page *page;
    const struct html_hooks *hooks; /* NULL: bare */
    const struct html_words *words; /* NULL: English */
    struct html_facts *facts;       /* NULL: not wanted */
};

/* Appends the body. Returns false when `out` has overflowed; then it holds a
 * part that must not be used. */
bool html_render(struct buffer *out, const struct html_input *input);

/* Appends the inlines of one node (a heading, a label) without links, ids and
 * footnotes: for titles in navigation and lists. */
void html_inlines(struct buffer *out, const struct html_input *input, const struct passage *passage, uint32_t node);

/* Appends `text` with & < > " escaped: for element content, and for attributes
 * in double quotes. */
void html_escape(struct buffer *out, struct slice text);

/* Appends a URL for an attribute: what CommonMark lets stand stays, all else is
 * percent-encoded, & and ' are escaped. */
void html_url(struct buffer *out, struct slice url);

/* Whether a URL is relative, or has one of the schemes https, http, mailto, tel.
 * A URL that names a host without a scheme (`//host`, `\\host`) is not. */
bool html_url_allowed(struct slice url);

/* Appends the value of the id attribute (and of the fragment of links to it) for
 * a section, element, item, row or alias anchor: the id itself, except that `i--`
 * stands before ids that begin with `w--` (the theme's) or `i--`, and before the
 * names that scripts look up on `window`, `document` or any object (`location`,
 * `cookie`, `forms`, `__proto__` …), so that no text can take their place. Not
 * escaped: an id holds no character that needs it. */
void html_id(struct buffer *out, struct slice id);

#endif
