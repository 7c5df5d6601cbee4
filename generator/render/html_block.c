/* Blocks of a body: headings, paragraphs, lists, quotes, notes, code, and what
 * directives and conditions make of what they hold. */

#include "base/limits.h"
#include "render/html_walk.h"

/* ---- headings ---- */

static void note_heading(struct html_walk *walk, const struct node *heading, uint32_t i, unsigned level,
                         struct slice id)
{
    struct html_facts *facts = walk->facts;
    if (!facts)
        return;
    if (facts->heading_count == facts->heading_capacity)
        LIST_GROW(facts->headings, facts->heading_count, facts->heading_capacity);
    struct html_heading *entry = &facts->headings[facts->heading_count++];
    *entry = (struct html_heading){.level = level,
                                   .section = heading->extra,
                                   .document = walk->document_index,
                                   .text_at = facts->text.length,
                                   .html_at = walk->out->length};
    struct buffer *pool = &facts->pool;
    entry->title.at = (uint32_t)pool->length;
    html_put(pool, walk->label.at, walk->label.length);
    entry->title.length = (uint32_t)(pool->length - entry->title.at);
    entry->id.at = (uint32_t)pool->length;
    if (id.length)
        html_id(pool, id);
    entry->id.length = (uint32_t)(pool->length - entry->id.at);

    struct buffer *out = walk->out, *text = walk->text;
    entry->html.at = (uint32_t)pool->length;
    walk->out = pool;
    walk->text = NULL;
    walk->is_title = true;
    html_inline_range(walk, i + 1, heading->end);
    walk->is_title = false;
    walk->text = text;
    walk->out = out;
    entry->html.length = (uint32_t)(pool->length - entry->html.at);
}

static void put_aliases(struct html_walk *walk, struct slice aliases)
{
    while (aliases.length) {
        size_t length = slice_find(aliases, ' ');
        html_alias(walk, (struct slice){aliases.at, length});
        aliases = slice_from(aliases, length + 1);
    }
}

/* The page's title is the layout's; old anchors in it (`# Title<a name="x"></a>`) stand before the text. */
static void put_title_anchors(struct html_walk *walk, const struct node *title, uint32_t i)
{
    for (; i < title->end; i++) {
        const struct node *node = &walk->document->nodes[i];
        if (node->type == NODE_ANCHOR && node->extra != NODE_NONE)
            html_alias(walk, document_text(walk->document, walk->document->identifiers[node->extra].id));
    }
}

static bool is_page_title(const struct html_walk *walk, const struct node *node)
{
    return node->extra == NODE_NONE && node->detail == 1 && walk->open_count == walk->passage_base &&
           walk->document->flags & DOCUMENT_HAS_TITLE_HEADING;
}

static uint32_t enter_heading(struct html_walk *walk, uint32_t i, const struct node *node)
{
    bool is_title = is_page_title(walk, node);
    if (walk->skips_heading) {
        walk->skips_heading = false;
        return node->end;
    }
    if (is_title && !html_is_bare(walk) && walk->include_depth == 0) {
        put_title_anchors(walk, node, i + 1);
        return node->end;
    }

    int level = node->detail + walk->where.passage->level_shift;
    int least = html_is_bare(walk) ? 1 : 2;
    level = level < least ? least : level > 6 ? 6 : level;
    struct slice id = {0};
    if (node->extra != NODE_NONE)
        id = passage_section_id(walk->where.page, walk->where.passage, node->extra);
    html_line(walk);
    html_text_break(walk);
    if (!html_is_bare(walk)) {
        buffer_clear(&walk->label);
        html_plain(walk, &walk->label, i + 1, node->end);
        walk->table_count = 0;
        if (!is_title)
            note_heading(walk, node, i, (unsigned)level, id);
    }
    char tag[] = "<h1";
    tag[2] = (char)('0' + level);
    html_put(walk->out, tag, 3);
    size_t before = walk->out->length;
    html_id_attribute(walk, id);
    bool has_anchor = walk->out->length > before;
    PUT(walk, ">");
    if (node->extra != NODE_NONE)
        put_aliases(walk, document_text(walk->document, walk->document->sections[node->extra].aliases));
    html_push(walk, CLOSE_HEADING, i, node->end);
    walk->open[walk->open_count - 1].detail = (uint8_t)level;
    walk->open[walk->open_count - 1].has_anchor = has_anchor;
    return i + 1;
}

/* ---- paragraphs, lists, quotes, code ---- */

/* A paragraph that is one image with a title. */
static bool is_figure(const struct html_walk *walk, uint32_t i, const struct node *node)
{
    const struct node *image = node + 1;
    return !html_is_bare(walk) && i + 1 < node->end && image->type == NODE_IMAGE && image->end == node->end &&
           image->text_bytes;
}

static uint32_t enter_figure(struct html_walk *walk, uint32_t i, const struct node *node)
{
    html_line(walk);
    PUT(walk, "<figure class=\"w-figure\">");
    html_inline_range(walk, i + 1, node->end);
    PUT(walk, "<figcaption>");
    struct slice title = node_text(walk->document, node + 1);
    html_text_break(walk);
    html_text_add(walk, title);
    html_escape(walk->out, title);
    PUT(walk, "</figcaption></figure>\n");
    return node->end;
}

static uint32_t enter_paragraph(struct html_walk *walk, uint32_t i, const struct node *node)
{
    html_text_break(walk);
    if (walk->open_count > walk->passage_base && walk->open[walk->open_count - 1].is_tight)
        return i + 1;
    if (is_figure(walk, i, node))
        return enter_figure(walk, i, node);
    html_line(walk);
    PUT(walk, "<p>");
    html_push(walk, CLOSE_PARAGRAPH, i, node->end);
    return i + 1;
}

static bool has_tasks(const struct html_walk *walk, uint32_t i, const struct node *list)
{
    for (uint32_t item = i + 1; item < list->end; item = walk->document->nodes[item].end)
        if (walk->document->nodes[item].flags & NODE_TASK)
            return true;
    return false;
}

static uint32_t enter_list(struct html_walk *walk, uint32_t i, const struct node *node)
{
    bool is_ordered = node->flags & NODE_ORDERED;
    html_line(walk);
    if (is_ordered)
        PUT(walk, "<ol");
    else
        PUT(walk, "<ul");
    if (!html_is_bare(walk) && has_tasks(walk, i, node))
        PUT(walk, " class=\"w-tasks\"");
    if (is_ordered && node->extra != 1) {
        PUT(walk, " start=\"");
        html_number(walk->out, node->extra);
        PUT(walk, "\"");
    }
    PUT(walk, ">\n");
    html_push(walk, is_ordered ? CLOSE_ORDERED : CLOSE_UNORDERED, i, node->end);
    return i + 1;
}

static void put_task_box(struct html_walk *walk, bool is_done)
{
    if (html_is_bare(walk)) {
        if (is_done)
            PUT(walk, "<input type=\"checkbox\" checked=\"\" disabled=\"\" /> ");
        else
            PUT(walk, "<input type=\"checkbox\" disabled=\"\" /> ");
        return;
    }
    PUT(walk, "<input type=\"checkbox\" disabled");
    if (is_done)
        PUT(walk, " checked");
    PUT(walk, " aria-label=\"");
    html_escape(walk->out, is_done ? walk->words->task_done : walk->words->task_open);
    PUT(walk, "\"> ");
}

static uint32_t enter_item(struct html_walk *walk, uint32_t i, const struct node *node)
{
    const struct html_open *list = walk->open_count > walk->passage_base ? &walk->open[walk->open_count - 1] : NULL;
    bool is_tight = list && (list->close == CLOSE_ORDERED || list->close == CLOSE_UNORDERED) &&
                    walk->document->nodes[list->node].flags & NODE_TIGHT;
    html_line(walk);
    PUT(walk, "<li");
    html_identifier_attribute(walk, node->extra);
    if (node->flags & NODE_TASK && !html_is_bare(walk))
        PUT(walk, " class=\"w-task\"");
    PUT(walk, ">");
    if (node->flags & NODE_TASK)
        put_task_box(walk, node->flags & NODE_CHECKED);
    html_push(walk, CLOSE_ITEM, i, node->end);
    walk->open[walk->open_count - 1].is_tight = is_tight;
    return i + 1;
}

static uint32_t enter_code(struct html_walk *walk, uint32_t i, const struct node *node)
{
    const struct document *document = walk->document;
    html_line(walk);
    if (html_is_bare(walk))
        PUT(walk, "<pre><code");
    else
        PUT(walk, "<pre tabindex=\"0\"><code");
    if (i + 1 < node->end && node[1].type == NODE_INFO) {
        struct slice info = node_text(document, node + 1);
        size_t length = 0;
        while (length < info.length && !strchr(" \t\r\n\v\f", info.at[length]))
            length++;
        if (length) {
            PUT(walk, " class=\"language-");
            html_escape(walk->out, (struct slice){info.at, length});
            PUT(walk, "\"");
        }
    }
    PUT(walk, ">");
    html_text_break(walk);
    html_text_add(walk, node_text(document, node));
    html_escape(walk->out, node_text(document, node));
    PUT(walk, "</code></pre>\n");
    return node->end;
}

/* ---- notes ---- */

static uint32_t enter_note(struct html_walk *walk, uint32_t i, const struct node *node)
{
    static const char *const kinds[] = {"note", "tip", "important", "warning", "caution"};
    unsigned kind = node->detail <= NOTE_CAUTION ? node->detail : NOTE_NOTE;
    struct slice word = walk->words->note[kind];
    uint32_t label = i + 1 < node->end && node[1].type == NODE_LABEL ? i + 1 : NODE_NONE;
    uint32_t next = label == NODE_NONE ? i + 1 : walk->document->nodes[label].end;

    html_line(walk);
    html_text_break(walk);
    if (html_is_bare(walk)) {
        PUT(walk, "<blockquote>\n<p><strong>");
        html_escape(walk->out, word);
        PUT(walk, "</strong>");
        if (label != NODE_NONE) {
            PUT(walk, " ");
            html_inline_range(walk, label + 1, next);
        }
        PUT(walk, "</p>\n");
        html_push(walk, CLOSE_QUOTE, i, node->end);
        return next;
    }
    PUT(walk, "<aside class=\"w-note w-note-");
    html_put(walk->out, kinds[kind], strlen(kinds[kind]));
    PUT(walk, "\"");
    if (node->extra != NODE_NONE)
        html_id_attribute(walk, document_text(walk->document, walk->document->directives[node->extra].id));
    PUT(walk, " role=\"note\" aria-label=\"");
    html_escape(walk->out, word);
    if (label == NODE_NONE) {
        PUT(walk, "\"><p class=\"w-note-title\">");
        html_escape(walk->out, word);
    } else {
        PUT(walk, "\"><p class=\"w-note-title\"><span class=\"w-note-kind\">");
        html_escape(walk->out, word);
        PUT(walk, "</span> ");
        html_inline_range(walk, label + 1, next);
    }
    PUT(walk, "</p>\n");
    html_push(walk, CLOSE_ASIDE, i, node->end);
    return next;
}

uint32_t html_enter_block(struct html_walk *walk, uint32_t i, const struct node *node)
{
    switch ((enum node_type)node->type) {
    case NODE_HEADING:
        return enter_heading(walk, i, node);
    case NODE_PARAGRAPH:
        return enter_paragraph(walk, i, node);
    case NODE_LIST:
        return enter_list(walk, i, node);
    case NODE_ITEM:
        return enter_item(walk, i, node);
    case NODE_QUOTE:
        html_line(walk);
        PUT(walk, "<blockquote>\n");
        html_push(walk, CLOSE_QUOTE, i, node->end);
        return i + 1;
    case NODE_NOTE:
        return enter_note(walk, i, node);
    case NODE_CODE_BLOCK:
        return enter_code(walk, i, node);
    case NODE_HTML_BLOCK:
        html_line(walk);
        html_text_break(walk);
        html_raw(walk, node_text(walk->document, node), true);
        html_line(walk);
        return node->end;
    default: /* NODE_RULE: html.c sends nothing else here */
        html_line(walk);
        if (html_is_bare(walk))
            PUT(walk, "<hr />\n");
        else
            PUT(walk, "<hr>\n");
        return node->end;
    }
}
