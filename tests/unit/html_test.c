/* The body of a page: what each form of the text becomes, with and without hooks,
 * and what nothing can make it become. */

#include "base/arena.h"
#include "base/limits.h"
#include "html_check.h"
#include "parsed.h"
#include "render/html.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka.h wants the four above it. */
#include <cmocka.h>
#include <time.h>

/* ---- a site of hooks that answer from the text they are asked about ---- */

static struct page other_page; /* for includes: its documents are the page's */
static struct passage other_passage;

static bool resolve(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_target *out)
{
    struct slice target = document_text(where->document, reference->target);
    (void)context;
    if (slice_is(target, "nowhere"))
        return false;
    if (slice_is(target, "gone")) {
        out->state = HTML_PLAIN;
        return true;
    }
    out->href = reference->kind == REFERENCE_URL ? target : SLICE("../p.html#s");
    out->text = SLICE("Title & more");
    if (reference->kind == REFERENCE_TERM || reference->kind == REFERENCE_CITE)
        out->title = SLICE("a \"definition\"");
    if (slice_is(target, "french")) {
        out->language = SLICE("fr");
    } else if (slice_is(target, "arabic")) {
        out->language = SLICE("ar");
        out->is_rtl = true;
    } else if (slice_is(target, "evil")) {
        out->href = SLICE("javascript:alert(1)");
    } else if (slice_is(target, "form.pdf")) {
        out->is_file = true;
        out->href = SLICE("form.pdf");
    } else if (slice_ends_with(target, ".png")) {
        out->href = target;
        out->width = 640;
        out->height = 480;
    }
    return true;
}

static bool parameter(void *context, const struct html_where *where, struct slice name, struct html_parameter *out)
{
    (void)context;
    (void)where;
    if (slice_is(name, "no.such"))
        return false;
    out->is_filled = !slice_is(name, "open.one");
    out->text = out->is_filled ? SLICE("90 <days>") : SLICE("Days & nights");
    return true;
}

static bool directive(void *context, const struct html_where *where, const struct directive *at,
                      struct html_directive *out)
{
    static const struct html_field fields[] = {
        {.name = SLICE("Principle"), .text = SLICE("Legitimacy"), .href = SLICE("l.html")},
        {.name = SLICE("Principle"), .text = SLICE("Minimi<s>ation")},
        {.name = SLICE("Owner"), .text = SLICE("x"), .href = SLICE("data:x")},
    };
    struct slice name = document_text(where->document, at->name);
    (void)context;
    if (slice_is(name, "unknown"))
        return false;
    if (slice_is(name, "map"))
        out->html = SLICE("<p>map</p>\n");
    if (slice_is(name, "hidden"))
        out->is_hidden = true;
    if (slice_is(name, "practice")) {
        out->kind = SLICE("Good practice");
        out->fields = fields;
        out->field_count = 3;
    }
    return true;
}

static bool include(void *context, const struct html_where *where, const struct reference *reference,
                    struct html_include *out)
{
    (void)context;
    (void)reference;
    if (where->page != &other_page)
        return false;
    out->passages = &other_passage;
    out->passage_count = 1;
    out->from = SLICE("other#s");
    out->href = SLICE("other.html");
    out->title = SLICE("Other");
    return true;
}

static bool condition(void *context, const struct html_where *where, const struct directive *at, bool *is_shown)
{
    struct slice edition = {0};
    (void)context;
    directive_attribute(where->document, at, "edition", &edition);
    *is_shown = slice_is(edition, "xa") != slice_is(document_text(where->document, at->name), "except");
    return true;
}

static bool frame(void *context, const struct html_where *where, struct html_frame *out)
{
    (void)context;
    if (where->passage->language == 1) {
        out->language = SLICE("ar");
        out->is_rtl = true;
        out->notice = SLICE("<p>notice</p>\n");
    }
    return true;
}

static const struct html_hooks hooks = {NULL, resolve, parameter, directive, include, condition, frame};
static const struct html_hooks no_answers = {0};

static struct buffer out = {.most_bytes = (size_t)1 << 30};

static const char *render_with(const char *markdown, const struct html_hooks *with, struct html_facts *facts)
{
    struct parsed parsed = parsed_text(markdown);
    struct page page = {.documents = &parsed.document, .document_count = 1};
    struct passage whole = passage_whole(&page, 0);
    page.passages = &whole;
    page.passage_count = 1;
    assert_true(page_is_valid(&page));
    buffer_clear(&out);
    assert_true(html_render(&out, &(struct html_input){.page = &page, .hooks = with, .facts = facts}));
    parsed_free(&parsed);
    if (!html_check_report(buffer_view(&out), markdown))
        fail();
    return buffer_string(&out);
}

struct example {
    const char *name, *markdown, *html;
};

static void check_examples(const struct example *examples, size_t count, const struct html_hooks *with)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const char *got = render_with(examples[i].markdown, with, NULL);
        if (strcmp(got, examples[i].html) == 0)
            continue;
        print_error("%s:\n--- wanted\n%s\n--- got\n%s\n", examples[i].name, examples[i].html, got);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(examples, with) check_examples(examples, sizeof(examples) / sizeof *(examples), with)

/* ---- with hooks ---- */

static const struct example full[] = {
    {"heading", "## Keeping {#keeping}\n",
     "<h2 id=\"keeping\">Keeping<a class=\"w-anchor\" href=\"#keeping\" aria-label=\"Link to this "
     "section\"></a></h2>\n"},
    {"automatic id of another script", "## Été 2\n",
     "<h2 id=\"été-2\">Été 2<a class=\"w-anchor\" href=\"#%C3%A9t%C3%A9-2\" aria-label=\"Link to this "
     "section\"></a></h2>\n"},
    {"aliases", "## K {#k aliases=\"a b\"}\n",
     "<h2 id=\"k\"><span id=\"a\" class=\"w-alias\"></span><span id=\"b\" class=\"w-alias\"></span>K"
     "<a class=\"w-anchor\" href=\"#k\" aria-label=\"Link to this section\"></a></h2>\n"},
    {"the page's title is the layout's", "# Title\n\ntext\n", "<p>text</p>\n"},
    {"names that scripts look up", "## Location\n",
     "<h2 id=\"i--location\">Location<a class=\"w-anchor\" href=\"#i--location\" aria-label=\"Link to this section\">"
     "</a></h2>\n"},
    {"an alias anchor", "<a id=\"old\"></a>text <a name=\"older\"></a>\n",
     "<p><span id=\"old\" class=\"w-alias\"></span>text <span id=\"older\" class=\"w-alias\"></span></p>\n"},
    {"reference", "[text](xref:p#s) [](xref:p)\n",
     "<p><a class=\"w-xref\" href=\"../p.html#s\">text</a> <a class=\"w-xref\" href=\"../p.html#s\">Title &amp; "
     "more</a></p>\n"},
    {"in another language", "[](xref:french) [](xref:arabic) [own](xref:french)\n",
     "<p><a class=\"w-xref\" href=\"../p.html#s\" lang=\"fr\" dir=\"ltr\">Title &amp; more</a> "
     "<a class=\"w-xref\" href=\"../p.html#s\" lang=\"ar\" dir=\"rtl\">Title &amp; more</a> "
     "<a class=\"w-xref\" href=\"../p.html#s\">own</a></p>\n"},
    {"term and citation", "[w](term:w) [](cite:x#s1)\n",
     "<p><a class=\"w-term\" href=\"../p.html#s\" title=\"a &quot;definition&quot;\">w</a> "
     "<cite><a class=\"w-cite\" href=\"../p.html#s\" title=\"a &quot;definition&quot;\">Title &amp; "
     "more</a></cite></p>\n"},
    {"another site", "<https://e.org/?a=1&b='2'> <mailto:a@e.org>\n",
     "<p><a class=\"w-external\" rel=\"external noopener\" href=\"https://e.org/?a=1&amp;b=&#x27;2&#x27;\">"
     "https://e.org/?a=1&amp;b='2'</a> <a href=\"mailto:a@e.org\">mailto:a@e.org</a></p>\n"},
    {"an attachment", "[f](form.pdf)\n", "<p><a class=\"w-file\" href=\"form.pdf\">f</a></p>\n"},
    {"nowhere", "[*t*](xref:nowhere)\n",
     "<p><span class=\"w-missing\"><em>t</em> <small class=\"w-missing-note\">(not found)</small></span></p>\n"},
    {"gone, text alone", "[*t*](xref:gone)\n", "<p><em>t</em></p>\n"},
    {"hooks that answer with a bad URL", "[t](xref:evil)\n", "<p>t</p>\n"},
    {"parameters", "{{a.b}} {{open.one}} {{no.such}}\n",
     "<p>90 &lt;days&gt; <span class=\"w-param-open\" title=\"not filled in\">[Days &amp; nights]</span> "
     "{{no.such}}</p>\n"},
    {"image", "![a *b* \"c\"](i.png)\n",
     "<p><img src=\"i.png\" alt=\"a b &quot;c&quot;\" width=\"640\" height=\"480\" loading=\"lazy\"></p>\n"},
    {"figure", "![a](i.png \"T & t\")\n",
     "<figure class=\"w-figure\"><img src=\"i.png\" alt=\"a\" title=\"T &amp; t\" width=\"640\" height=\"480\" "
     "loading=\"lazy\">"
     "<figcaption>T &amp; t</figcaption></figure>\n"},
    {"table", "## Keeping {#k}\n\n| A | B |\n|:-:|--:|\n| 1 {#r} | 2 |\n",
     "<h2 id=\"k\">Keeping<a class=\"w-anchor\" href=\"#k\" aria-label=\"Link to this section\"></a></h2>\n"
     "<div class=\"w-table\" role=\"region\" tabindex=\"0\" aria-label=\"Table: Keeping\"><table>\n<thead>\n<tr>\n"
     "<th scope=\"col\" class=\"w-center\">A</th>\n<th scope=\"col\" "
     "class=\"w-right\">B</th>\n</tr>\n</thead>\n<tbody>\n"
     "<tr id=\"r\">\n<td class=\"w-center\">1</td>\n<td class=\"w-right\">2</td>\n</tr>\n</tbody>\n</table>\n</div>\n"},
    {"list with ids and tasks", "- [x] a {#i}\n- [ ] b\n",
     "<ul class=\"w-tasks\">\n<li id=\"i\" class=\"w-task\"><input type=\"checkbox\" disabled checked "
     "aria-label=\"done\"> a</li>\n"
     "<li class=\"w-task\"><input type=\"checkbox\" disabled aria-label=\"open\"> b</li>\n</ul>\n"},
    {"ordered from three", "3. a\n4. b\n", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"},
    {"code", "```sh x\na < b\n```\n", "<pre tabindex=\"0\"><code class=\"language-sh\">a &lt; b\n</code></pre>\n"},
    {"note", ":::warning\na\n:::\n",
     "<aside class=\"w-note w-note-warning\" role=\"note\" aria-label=\"Warning\"><p "
     "class=\"w-note-title\">Warning</p>\n"
     "<p>a</p>\n</aside>\n"},
    {"note with a title", "> [!TIP] Do *this*\n> a\n",
     "<aside class=\"w-note w-note-tip\" role=\"note\" aria-label=\"Tip\"><p class=\"w-note-title\"><span "
     "class=\"w-note-kind\">"
     "Tip</span> Do <em>this</em></p>\n<p>a</p>\n</aside>\n"},
    {"typed element", ":::practice[Label]{#id}\ntext\n:::\n",
     "<section class=\"w-element w-kind-practice\" id=\"id\" aria-label=\"Good practice: Label\"><p "
     "class=\"w-element-title\">"
     "<span class=\"w-element-kind\">Good practice</span> Label</p>\n<dl class=\"w-fields\"><div><dt>Principle</dt>"
     "<dd><a class=\"w-xref\" href=\"l.html\">Legitimacy</a></dd><dd>Minimi&lt;s&gt;ation</dd></div>"
     "<div><dt>Owner</dt><dd>x</dd></div></dl>\n<p>text</p>\n</section>\n"},
    {"directives of the theme, hidden, unknown", "::map{x=1}\n\n:::hidden\na\n:::\n\n::unknown\n", "<p>map</p>\n"},
    {"conditions",
     ":::only{edition=xa}\na\n:::\n:::only{edition=xb}\n## B {#b}\nb\n:::\n- :::except{edition=xa}\n  c\n  :::\n  d\n",
     "<p>a</p>\n<ul>\n<li>d</li>\n</ul>\n"},
    {"a frame that resolve wrote", ":::lang{lang=\"ar\" dir=\"rtl\" why=\"stale\"}\n## A {#a}\n:::\n",
     "<div class=\"w-passage w-stale\" lang=\"ar\" dir=\"rtl\">\n<h2 id=\"a\">A<a class=\"w-anchor\" href=\"#a\" "
     "aria-label=\"Link to this section\"></a></h2>\n</div>\n"},
    {"footnotes", "a[^x] b[^y] c[^x]\n\n[^y]: Y[^z]\n[^x]: X\n[^z]: - z\n",
     "<p>a<sup class=\"w-footnote-ref\"><a id=\"w--fnref-1\" href=\"#w--fn-1\" role=\"doc-noteref\">1</a></sup> "
     "b<sup class=\"w-footnote-ref\"><a id=\"w--fnref-2\" href=\"#w--fn-2\" role=\"doc-noteref\">2</a></sup> "
     "c<sup class=\"w-footnote-ref\"><a id=\"w--fnref-1-2\" href=\"#w--fn-1\" role=\"doc-noteref\">1</a></sup></p>\n"
     "<section class=\"w-footnotes\" role=\"doc-endnotes\" aria-labelledby=\"w--footnotes\">\n"
     "<h2 id=\"w--footnotes\">Footnotes</h2>\n<ol>\n<li id=\"w--fn-1\">\n<p>X "
     "<a class=\"w-footnote-back\" href=\"#w--fnref-1\" role=\"doc-backlink\" aria-label=\"Back to the text "
     "1-1\">↩</a> "
     "<a class=\"w-footnote-back\" href=\"#w--fnref-1-2\" role=\"doc-backlink\" aria-label=\"Back to the text "
     "1-2\">↩<sup>2</sup></a>"
     "</p>\n</li>\n<li id=\"w--fn-2\">\n<p>Y<sup class=\"w-footnote-ref\"><a id=\"w--fnref-3\" href=\"#w--fn-3\" "
     "role=\"doc-noteref\">3</a></sup> <a class=\"w-footnote-back\" href=\"#w--fnref-2\" role=\"doc-backlink\" "
     "aria-label=\"Back to the text\">↩</a></p>\n</li>\n<li id=\"w--fn-3\">\n<ul>\n<li>z</li>\n</ul>\n "
     "<a class=\"w-footnote-back\" href=\"#w--fnref-3\" role=\"doc-backlink\" aria-label=\"Back to the "
     "text\">↩</a>\n</li>\n"
     "</ol>\n</section>\n"},
    {"raw tags that may pass", "H<sub>2</sub>O<br>x <ABBR title=\"a &lt; b\">y</abbr>\n",
     "<p>H<sub>2</sub>O<br>x <abbr title=\"a &lt; b\">y</abbr></p>\n"},
    {"a block of raw tags", "<details open>\n<summary>S</summary>\n\ntext\n\n</details>\n",
     "<details open>\n<summary>S</summary>\n<p>text</p>\n</details>\n"},
};

static void test_full(void **state)
{
    (void)state;
    CHECK(full, &hooks);
}

/* ---- without answers, and bare ---- */

static const struct example unanswered[] = {
    {"a reference is missing", "[t](xref:p) [u](https://e.org/)\n",
     "<p><span class=\"w-missing\">t <small class=\"w-missing-note\">(not found)</small></span> "
     "<a class=\"w-external\" rel=\"external noopener\" href=\"https://e.org/\">u</a></p>\n"},
    {"an image is missing", "![alt](i.png)\n",
     "<p><span class=\"w-missing\">alt <small class=\"w-missing-note\">(not found)</small></span></p>\n"},
    {"a parameter stands as its token", "{{a}}\n", "<p>{{a}}</p>\n"},
    {"a directive shows its content", ":::thing\na\n:::\n::leaf\n",
     "<section class=\"w-element w-kind-thing\" aria-label=\"thing\"><p class=\"w-element-title\">"
     "<span class=\"w-element-kind\">thing</span></p>\n<p>a</p>\n</section>\n"},
    {"a condition holds", ":::only{edition=xb}\na\n:::\n", "<p>a</p>\n"},
};

static void test_unanswered(void **state)
{
    (void)state;
    CHECK(unanswered, &no_answers);
}

static const struct example bare[] = {
    {"no ids, the title too", "# T\n\n## A {#a aliases=\"b\"}\n", "<h1>T</h1>\n<h2>A</h2>\n"},
    {"what has no URL has no link", "[t](xref:p) [](term:w)\n", "<p>t </p>\n"},
    {"refused", "[t](javascript:x) ![i](data:x)\n", "<p>t i</p>\n"},
    {"notes are quotes", "> [!NOTE] T\n> a\n",
     "<blockquote>\n<p><strong>Note</strong> T</p>\n<p>a</p>\n</blockquote>\n"},
    {"containers show what they hold", ":::practice{#x}\na\n:::\n", "<p>a</p>\n"},
    {"footnotes as cmark has them", "a[^x]\n\n[^x]: X\n",
     "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-x\" id=\"fnref-x\" data-footnote-ref>1</a></sup></p>\n"
     "<section class=\"footnotes\" data-footnotes>\n<ol>\n<li id=\"fn-x\">\n<p>X <a href=\"#fnref-x\" "
     "class=\"footnote-backref\" "
     "data-footnote-backref aria-label=\"Back to content\">↩</a></p>\n</li>\n</ol>\n</section>\n"},
};

static void test_bare(void **state)
{
    (void)state;
    CHECK(bare, NULL);
}

/* ---- passages ---- */

static void test_passages(void **state)
{
    (void)state;
    struct parsed base = parsed_text("lead\n\n## A {#a}\na[^1]\n\n### B {#b}\nb\n\n## C {#c}\nc\n\n[^1]: N\n");
    struct parsed overlay =
        parsed_text("---\noverlay: {reason: r}\n---\n:::replace{#c base=\"0\"}\n## Sea\nx[^1]\n\n[^1]: M\n:::\n");
    struct document documents[2] = {base.document, overlay.document};
    struct page_operation operation = {.document = 1, .edition = 3};
    struct page page = {
        .documents = documents, .document_count = 2, .operations = &operation, .operation_count = 1, .edition = 3};
    uint32_t container = parsed_node(&documents[1], NODE_CONTAINER);
    struct passage passages[4];
    passages[0] = passage_whole(&page, 0);
    passages[0].end = documents[0].sections[0].node;
    passages[1] = passage_section(&page, 0, parsed_section(&documents[0], "a"), true);
    passages[2] = passage_section(&page, 0, parsed_section(&documents[0], "b"), false);
    passages[2].language = 1;
    passages[2].why = WHY_UNTRANSLATED;
    passages[3] = passage_whole(&page, 1);
    passages[3].first = container + 1;
    passages[3].end = documents[1].nodes[container].end;
    passages[3].kind = PASSAGE_REPLACED;
    passages[3].edition = 3;
    passages[3].flags = PASSAGE_DRIFTED;
    passages[3].operation = 0;
    passages[3].id_document = 0;
    passages[3].id = documents[0].sections[parsed_section(&documents[0], "c")].id;
    page.passages = passages;
    page.passage_count = 4;
    assert_true(page_is_valid(&page));
    buffer_clear(&out);
    assert_true(html_render(&out, &(struct html_input){.page = &page, .hooks = &hooks}));
    assert_true(html_check_report(buffer_view(&out), "passages"));
    const char *wanted[] = {
        "<p>lead</p>\n<h2 id=\"a\">A<",
        "<div class=\"w-passage w-untranslated\" lang=\"ar\" dir=\"rtl\">\n<p>notice</p>\n<h3 id=\"b\">B<",
        "<div class=\"w-passage w-local w-replaced w-drifted\">\n<h2 id=\"c\">Sea<",
        "x<sup class=\"w-footnote-ref\"><a id=\"w--fnref-2\" href=\"#w--fn-2\"",
        "<li id=\"w--fn-2\">\n<p>M ",
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(buffer_string(&out), wanted[i]))
            fail_msg("%s\nis not in\n%s", wanted[i], buffer_string(&out));
    assert_null(strstr(buffer_string(&out), "<p>c</p>"));

    struct passage bad = passages[1];
    bad.end = bad.first + 2; /* cuts the heading's text off */
    page.passages = &bad;
    page.passage_count = 1;
    bad.first++;
    bad.end = bad.first + 1;
    assert_false(page_is_valid(&page));
    bad = passages[3];
    bad.end = documents[1].node_count + 1;
    assert_false(page_is_valid(&page));
    bad = passages[3];
    bad.document = 2;
    assert_false(page_is_valid(&page));
    bad = passages[3];
    bad.id.length = UINT32_MAX;
    assert_false(page_is_valid(&page));
    bad = passages[3];
    bad.operation = 1;
    assert_false(page_is_valid(&page));
    parsed_free(&base);
    parsed_free(&overlay);
}

static void test_includes(void **state)
{
    (void)state;
    struct parsed main_file = parsed_text("## A {#a}\n\n- ::include{xref=\"other#s\"}\n");
    struct parsed other =
        parsed_text("# Other\n\n## S {#s}\ntext[^1] {{a.b}}\n\n- i {#i}\n\n::include{xref=\"other#s\"}\n\n[^1]: N\n");
    struct document documents[2] = {main_file.document, other.document};
    other_page = (struct page){.documents = documents, .document_count = 2};
    struct passage whole = passage_whole(&other_page, 0);
    other_passage = passage_whole(&other_page, 1);
    other_passage.kind = PASSAGE_INCLUDED;
    other_passage.flags = PASSAGE_NO_IDS;
    other_passage.level_shift = 2;
    other_page.passages = &whole;
    other_page.passage_count = 1;
    buffer_clear(&out);
    /* The include includes itself: it ends at LIMIT_INCLUDE_DEPTH. */
    assert_true(html_render(&out, &(struct html_input){.page = &other_page, .hooks = &hooks}));
    assert_true(html_check_report(buffer_view(&out), "includes"));
    const char *html = buffer_string(&out);
    unsigned times = 0;
    for (const char *at = html; (at = strstr(at, "<h3>Other</h3>\n<h4>S</h4>\n<p>text")); at++)
        times++;
    assert_int_equal(times, LIMIT_INCLUDE_DEPTH);
    assert_non_null(strstr(html, "<div class=\"w-included\" data-from=\"other#s\">\n<h3>Other</h3>"));
    assert_non_null(strstr(html, "<p class=\"w-included-from\">From <a href=\"other.html\">Other</a></p>\n</div>"));
    assert_null(strstr(html, "id=\"i\""));
    assert_null(strstr(html, "id=\"s\""));
    parsed_free(&main_file);
    parsed_free(&other);
}

/* ---- facts ---- */

static struct slice pool_text(const struct html_facts *facts, struct span span)
{
    return (struct slice){facts->pool.at + span.at, span.length};
}

static void test_facts(void **state)
{
    (void)state;
    struct html_facts facts = {.want_text = true};
    for (unsigned round = 0; round < 2; round++) {
        html_facts_clear(&facts);
        render_with(
            "# T\n\nlead *x*\n\n## A `b` [c](xref:p) {{a.b}} [](xref:p)[^1] <b>\n\n- i\n- j\n\n| k | l |\n|---|---|\n\n"
            "### Location\n\n![alt](i.png) [](xref:nowhere)\n\n```\ncode\n```\n\n[^1]: note\n",
            &hooks, &facts);
        assert_int_equal(facts.heading_count, 2);
        const struct html_heading *heading = &facts.headings[0];
        assert_int_equal(heading->level, 2);
        assert_true(slice_starts_with(pool_text(&facts, heading->title), "A b c 90 <days> Title & more"));
        assert_true(
            slice_starts_with(pool_text(&facts, heading->html), "A <code>b</code> c 90 &lt;days&gt; Title &amp; more"));
        assert_true(slice_is(pool_text(&facts, facts.headings[1].id), "i--location"));
        assert_int_equal(facts.missing_count, 1);
        assert_int_equal(facts.footnote_count, 1);
        unsigned references = 0, parameters = 0;
        for (size_t i = 0; i < facts.read_count; i++) {
            references += facts.reads[i].kind == HTML_READ_REFERENCE;
            parameters += facts.reads[i].kind == HTML_READ_PARAMETER;
        }
        assert_int_equal(references, 4);
        assert_int_equal(parameters, 1);
        const char *text = buffer_string(&facts.text);
        assert_non_null(strstr(text, "lead x\nA b c 90 <days> Title & more"));
        assert_non_null(strstr(text, "\ni\nj\nk\nl\nLocation\nalt "));
        assert_non_null(strstr(text, "\ncode\n"));
        assert_non_null(strstr(text, "\nnote"));
        assert_true(strncmp(text + facts.headings[1].text_at, "Location\n", 9) == 0);
        assert_true(strncmp(buffer_string(&out) + facts.headings[1].html_at, "<h3 id=\"i--location\"", 20) == 0);
    }
    html_facts_free(&facts);
}

/* ---- hostile ---- */

static void test_hostile(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<script>alert(1)</script>\n",
        "<img src=x onerror=alert(1)>\n",
        "a <svg onload=alert(1)> b\n",
        "[a](<javascript:alert(1)>) [b](java&#10;script:x) [c](&#x6A;avascript:x)\n",
        "![\"onload=x](data:x \"\\\"><script>\")\n",
        "``` \"><script>\nx\n```\n",
        "<abbr title=\"&quot; onclick=x\" onclick=x>a</abbr>\n",
        "<abbr title='a\"b<c>d'>a</abbr>\n",
        "*a <sub>b* c</sub> d\n\ne </sup>\n",
        "- <details>\n- x\n\n</details>\n",
        "| <sub> | </sub> |\n|-|-|\n| <u>a | b</u> |\n",
        "[^\"><script>]\n\n[^\"><script>]: x\n",
        "## x {#\"onclick=x}\n\n:::practice[<script>]{#a b=\"\\\"><script>\"}\n<script>\n:::\n",
        "::include{xref=\"\\\"><script>\"}\n",
        "<a id=\"location\"></a><a name=\"__proto__\"></a>\n",
        "## A {#x}\n\n## B {#x}\n\n- i {#x}\n",
        "&lt;script&gt; &#0; \x01 \x7f \xC2\x85\n",
        "<details><summary>a<details>\n\n<summary>\n\n</details></summary></details></details>\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct html_hooks *with[] = {&hooks, &no_answers, NULL};
        for (size_t k = 0; k < 3; k++) {
            const char *html = render_with(texts[i], with[k], NULL);
            assert_null(strstr(html, "<script"));
        }
    }
}

/* A page that would not end: the limit of the buffer holds. */
static void test_overflow(void **state)
{
    (void)state;
    struct parsed parsed = parsed_text("a long paragraph that does not fit into so little room\n");
    struct page page = {.documents = &parsed.document, .document_count = 1};
    struct passage whole = passage_whole(&page, 0);
    page.passages = &whole;
    page.passage_count = 1;
    struct buffer small = BUFFER(16);
    assert_false(html_render(&small, &(struct html_input){.page = &page}));
    assert_true(small.length <= 16);
    buffer_free(&small);
    parsed_free(&parsed);
}

/* Includes that include themselves many times: the size of the page bounds the work. */
static void test_fan_out(void **state)
{
    (void)state;
    struct buffer text = BUFFER(1 << 20);
    for (unsigned i = 0; i < 40; i++)
        buffer_text(&text, "::include{xref=\"other#s\"}\n");
    struct parsed parsed = parsed_from(buffer_view(&text));
    other_page = (struct page){.documents = &parsed.document, .document_count = 1};
    other_passage = passage_whole(&other_page, 0);
    other_page.passages = &other_passage;
    other_page.passage_count = 1;
    struct buffer small = BUFFER(1 << 20);
    assert_false(html_render(&small, &(struct html_input){.page = &other_page, .hooks = &hooks}));
    buffer_free(&small);
    buffer_free(&text);
    parsed_free(&parsed);
}

static void test_words(void **state)
{
    (void)state;
    struct parsed parsed = parsed_text("## A {#a}\n\n> [!TIP]\n> b\n\n- [ ] c[^1]\n\n[^1]: d\n");
    struct page page = {.documents = &parsed.document, .document_count = 1};
    struct passage whole = passage_whole(&page, 0);
    struct html_words words = {.permalink = SLICE("Lien <ici>"),
                               .note[NOTE_TIP] = SLICE("Conseil"),
                               .footnotes = SLICE("Notes"),
                               .task_open = SLICE("à faire")};
    page.passages = &whole;
    page.passage_count = 1;
    buffer_clear(&out);
    assert_true(html_render(&out, &(struct html_input){.page = &page, .hooks = &hooks, .words = &words}));
    assert_true(html_check_report(buffer_view(&out), "words"));
    assert_non_null(strstr(buffer_string(&out), "aria-label=\"Lien &lt;ici&gt;\""));
    assert_non_null(strstr(buffer_string(&out), "aria-label=\"Conseil\"><p class=\"w-note-title\">Conseil</p>"));
    assert_non_null(strstr(buffer_string(&out), "<h2 id=\"w--footnotes\">Notes</h2>"));
    assert_non_null(strstr(buffer_string(&out), "disabled aria-label=\"à faire\""));
    assert_non_null(strstr(buffer_string(&out), "aria-label=\"Back to the text\"")); /* English where there is none */
    parsed_free(&parsed);
}

static void test_inlines(void **state)
{
    (void)state;
    struct parsed parsed =
        parsed_text("# *T* `c` [l](xref:p) [](xref:p) {{open.one}}[^1] <sub>2</sub> ![alt](i.png)\n\n[^1]: N\n");
    struct page page = {.documents = &parsed.document, .document_count = 1};
    struct passage whole = passage_whole(&page, 0);
    buffer_clear(&out);
    html_inlines(&out, &(struct html_input){.page = &page, .hooks = &hooks}, &whole,
                 parsed_node(&parsed.document, NODE_HEADING));
    assert_string_equal(buffer_string(&out),
                        "<em>T</em> <code>c</code> l Title &amp; more [Days &amp; nights] <sub>2</sub> alt");
    parsed_free(&parsed);
}

/* Depth costs heap, not stack. */
static void test_depth(void **state)
{
    (void)state;
    struct buffer deep = BUFFER(1 << 20);
    for (unsigned i = 0; i < 90; i++)
        buffer_text(&deep, "> ");
    for (unsigned i = 0; i < 200; i++)
        buffer_text(&deep, "*a **b ");
    buffer_text(&deep, "\n");
    render_with(buffer_string(&deep), NULL, NULL);
    buffer_free(&deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),     cmocka_unit_test(test_unanswered), cmocka_unit_test(test_bare),
        cmocka_unit_test(test_passages), cmocka_unit_test(test_includes),   cmocka_unit_test(test_facts),
        cmocka_unit_test(test_hostile),  cmocka_unit_test(test_overflow),   cmocka_unit_test(test_depth),
        cmocka_unit_test(test_fan_out),  cmocka_unit_test(test_words),      cmocka_unit_test(test_inlines),
    };
    int status = cmocka_run_group_tests_name("html", tests, NULL, NULL);
    buffer_free(&out);
    return status;
}
