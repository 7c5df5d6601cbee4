/* Renders samples of every kind of page through the default theme, as the render
 * stage would, for eyes and browsers: preview THEMES_ROOT OUTPUT_FOLDER. The bodies
 * hold everything that themes/README.md says a body may contain. */

#include "base/file.h"
#include "script/context.h"
#include "script/theme.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct language languages[] = {
    {.tag = "en", .name = "English"},
    {.tag = "fr", .name = "Français"},
    {.tag = "ar", .name = "العربية", .is_rtl = true},
    {.tag = "sw", .name = "Kiswahili"},
    {.tag = "th", .name = "ไทย"},
    {.tag = "es", .name = "Español"},
    {.tag = "pt", .name = "Português"},
};
enum { LANGUAGE_COUNT = sizeof languages / sizeof languages[0] };

struct preview {
    struct template_engine *engine;
    struct theme theme;
    struct arena arena;
    int folder;
    struct diag_list diags;
    int failures;
};

static const char long_body[] =
    "<p>An agency may use a generative system only for a task that a person has described in writing, and only while a "
    "person can <em>stop</em> it. See <a class=\"w-xref\" href=\"table.html#risks\">Risks of generative systems</a> for what "
    "may go wrong<sup class=\"w-footnote-ref\"><a id=\"w--fnref-1\" href=\"#w--fn-1\" role=\"doc-noteref\">1</a></sup>, and "
    "<cite><a class=\"w-cite\" href=\"references.html#udhr\" title=\"Universal Declaration of Human Rights\">Universal "
    "Declaration, article 12</a></cite> for why it matters. A <a class=\"w-term\" href=\"glossary.html#warrant\" "
    "title=\"A written order of a court that allows a search or an arrest\">warrant</a> is not replaced by a "
    "<code>system prompt</code>.</p>\n"
    "<h2 id=\"before\">Before you begin<a class=\"w-anchor\" href=\"#before\" aria-label=\"Link to this section\"></a></h2>\n"
    "<p>Write down what the system is for, who answers for it and when it will be <strong>reviewed</strong>. The oversight body is "
    "<span class=\"w-param-open\" title=\"not filled in\">[Body outside the chain of command that oversees the police]</span>. "
    "Reports go to <a class=\"w-external\" href=\"https://example.org/\" rel=\"external noopener\">example.org</a>.</p>\n"
    "<aside class=\"w-note w-note-note\" role=\"note\" aria-label=\"Note\"><p class=\"w-note-title\">Note</p>\n<p>A note in one "
    "sentence.</p></aside>\n"
    "<aside class=\"w-note w-note-tip\" role=\"note\" aria-label=\"Tip\"><p class=\"w-note-title\"><span class=\"w-note-kind\">Tip"
    "</span> Keep a log from the first day</p>\n<p>It is easier to keep one than to <kbd>Ctrl</kbd>+<kbd>F</kbd> through mail.</p>\n<ul>\n<li>who</li>\n<li>when</li>\n</ul></aside>\n"
    "<aside class=\"w-note w-note-important\" role=\"note\" aria-label=\"Important\"><p class=\"w-note-title\">Important</p>\n<p>A "
    "person decides.</p></aside>\n"
    "<aside class=\"w-note w-note-warning\" role=\"note\" aria-label=\"Warning\"><p class=\"w-note-title\">Warning</p>\n<p>Do not "
    "enter personal data into a system that you do not control.</p></aside>\n"
    "<aside class=\"w-note w-note-caution\" role=\"note\" aria-label=\"Caution\"><p class=\"w-note-title\">Caution</p>\n<p>Generated "
    "text can be wrong in a convincing way.</p></aside>\n"
    "<h3 id=\"steps\">Steps<a class=\"w-anchor\" href=\"#steps\" aria-label=\"Link to this section\"></a></h3>\n"
    "<ol>\n<li>Describe the task.<ul>\n<li>What is decided?</li>\n<li>Who is affected?</li>\n</ul>\n</li>\n<li>Ask the data protection "
    "officer.</li>\n<li>\n<p>Test with cases that you know the answer to.</p>\n<p>At least thirty.</p>\n</li>\n</ol>\n"
    "<ul class=\"w-tasks\">\n<li class=\"w-task\"><input type=\"checkbox\" disabled checked aria-label=\"done\"> Task described</li>\n"
    "<li class=\"w-task\"><input type=\"checkbox\" disabled aria-label=\"to do\"> Review date set, and written where the next person in this post will find it even "
    "when nobody tells them</li>\n</ul>\n"
    "<pre tabindex=\"0\"><code class=\"language-sh\">waymark build --edition xa --lang en --release 2.1 --as-of 2026-05-02 --strict --fail-on drift\n"
    "sha256sum -c SHA256SUMS\n</code></pre>\n"
    "<blockquote>\n<p>No one shall be subjected to arbitrary interference with his privacy.</p>\n</blockquote>\n"
    "<section class=\"w-element w-kind-practice\" id=\"log\" aria-label=\"Good practice\"><p class=\"w-element-title\"><span "
    "class=\"w-element-kind\">Good practice</span> Keep a log of uses</p>\n<dl class=\"w-fields\"><div><dt>Principle</dt><dd><a class=\"w-xref\" href=\"x.html\">Accountability</a></dd></div>"
    "<div><dt>Moment</dt><dd>At every use</dd></div></dl>\n<p>Each use is recorded with date, person and purpose.</p>\n</section>\n"
    "<section class=\"w-element w-kind-risk\" id=\"bias\" aria-label=\"Risk\"><p class=\"w-element-title\"><span "
    "class=\"w-element-kind\">Risk</span> The system answers worse in one language</p>\n<p>What it was trained on decides.</p>\n</section>\n"
    "<div class=\"w-passage w-local w-replaced\">\n<p class=\"w-notice\"><b>Adapted for Country A</b> <span>Reason: National data protection law</span> <span>Legal basis: <cite><a class=\"w-cite\" href=\"references.html\">Data Protection Act, section 25</a></cite></span> <span>Approved by Data protection office, 2 May 2026</span></p>\n"
    "<h2 id=\"data-protection\">Data protection in Country A<a class=\"w-anchor\" href=\"#data-protection\" aria-label=\"Link to this section\"></a></h2>\n"
    "<p>Exhibits are kept for 90 days. <mark>This</mark> is <small>small</small>, H<sub>2</sub>O, x<sup>2</sup>, <del>gone</del> <ins>come</ins>, <abbr title=\"artificial intelligence\">AI</abbr>.</p>\n</div>\n"
    "<div class=\"w-passage w-untranslated\" lang=\"fr\" dir=\"ltr\">\n<p class=\"w-notice\" lang=\"en\" dir=\"ltr\"><b>Not translated; shown in Français</b></p>\n"
    "<h2 id=\"cold\">Congélation<a class=\"w-anchor\" href=\"#cold\" aria-label=\"Link to this section\"></a></h2>\n<p>Congeler les échantillons.</p>\n</div>\n"
    "<h2 id=\"a-very-long-heading\">A heading that is so long that it needs two lines even on a wide screen, with <code>code_in_it</code> and an Incomprehensibilitiesandcounterrevolutionarieswithoutanyblank<a class=\"w-anchor\" href=\"#a-very-long-heading\" aria-label=\"Link to this section\"></a></h2>\n"
    "<details><summary>More</summary><p>Hidden text.</p></details>\n<hr>\n"
    "<figure class=\"w-figure\"><img src=\"theme/icon.svg\" alt=\"A signpost\" width=\"160\" height=\"160\" loading=\"lazy\"><figcaption>A signpost</figcaption></figure>\n"
    "<p>See <span class=\"w-missing\">the annex <small class=\"w-missing-note\">(not found)</small></span> and <a class=\"w-file\" href=\"form.pdf\">the form</a>.</p>\n"
    "<div class=\"w-included\" data-from=\"storage#cold\"><p>Freeze samples.</p>\n<p class=\"w-included-from\"><a href=\"x.html\">Storage</a></p></div>\n"
    "<section class=\"w-footnotes\" role=\"doc-endnotes\" aria-labelledby=\"w--footnotes\"><h2 id=\"w--footnotes\">Footnotes</h2><ol><li id=\"w--fn-1\"><p>Not all of it is known. <a class=\"w-footnote-back\" href=\"#w--fnref-1\" role=\"doc-backlink\" aria-label=\"Back to the text\">↩</a></p></li></ol></section>\n";

static const char table_body[] =
    "<h2 id=\"risks\">Risks<a class=\"w-anchor\" href=\"#risks\" aria-label=\"Link to this section\"></a></h2>\n"
    "<p>The register lists what may go wrong, how likely it is and what is done about it.</p>\n"
    "<div class=\"w-table\" role=\"region\" tabindex=\"0\" aria-label=\"Table: Risks\"><table>\n<thead>\n<tr>\n<th scope=\"col\">Risk</th>\n<th scope=\"col\">Who is "
    "affected</th>\n<th scope=\"col\" class=\"w-right\">Likelihood</th>\n<th scope=\"col\" class=\"w-right\">Impact</th>\n<th scope=\"col\">Measure</th>\n</tr>\n</thead>\n<tbody>\n"
    "<tr id=\"r1\">\n<td>A wrong match leads to an arrest</td>\n<td>A person who has nothing to do with the case</td>\n<td class=\"w-right\">2</td>\n<td class=\"w-right\">5</td>\n<td>A second trained "
    "person compares the images without knowing the first result</td>\n</tr>\n"
    "<tr>\n<td>Personal data leave the agency</td>\n<td>Victims and witnesses named in the report</td>\n<td class=\"w-right\">3</td>\n<td class=\"w-right\">4</td>\n<td>The system runs inside the "
    "agency; <code>network=none</code></td>\n</tr>\n"
    "<tr>\n<td>Staff stop checking</td>\n<td>Everybody</td>\n<td class=\"w-right\">4</td>\n<td class=\"w-right\">3</td>\n<td>Every tenth answer is a known wrong one</td>\n</tr>\n</tbody>\n</table></div>\n"
    "<h2 id=\"small\">A small table<a class=\"w-anchor\" href=\"#small\" aria-label=\"Link to this section\"></a></h2>\n"
    "<div class=\"w-table\" role=\"region\" tabindex=\"0\" aria-label=\"Table: A small table\"><table>\n<thead>\n<tr>\n<th scope=\"col\">Band</th>\n<th scope=\"col\" class=\"w-center\">Score</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>Low</td>\n<td class=\"w-center\">0–9</td>\n</tr>\n"
    "<tr>\n<td>High</td>\n<td class=\"w-center\">10–25</td>\n</tr>\n</tbody>\n</table></div>\n"
    "<h2 id=\"third\">What follows<a class=\"w-anchor\" href=\"#third\" aria-label=\"Link to this section\"></a></h2>\n<p>Nothing.</p>\n";

static const char arabic_body[] =
    "<p>لا يجوز للجهاز أن يستخدم نظامًا توليديًا إلا لمهمة وصفها شخص كتابةً، وما دام هناك شخص قادر على <em>إيقافه</em>. "
    "انظر <a class=\"w-xref\" href=\"table.html\">مخاطر الأنظمة التوليدية</a><sup class=\"w-footnote-ref\"><a id=\"w--fnref-1\" href=\"#w--fn-1\" role=\"doc-noteref\">1</a></sup>.</p>\n"
    "<h2 id=\"حماية-البيانات\">حماية البيانات<a class=\"w-anchor\" href=\"#حماية-البيانات\" aria-label=\"رابط إلى هذا القسم\"></a></h2>\n"
    "<aside class=\"w-note w-note-warning\" role=\"note\" aria-label=\"تحذير\"><p class=\"w-note-title\">تحذير</p>\n<p>لا تُدخل بيانات شخصية في نظام لا تتحكم فيه.</p></aside>\n"
    "<ol>\n<li>صف المهمة.</li>\n<li>اسأل مسؤول حماية البيانات.</li>\n</ol>\n<ul>\n<li>من</li>\n<li>متى</li>\n</ul>\n"
    "<ul class=\"w-tasks\">\n<li class=\"w-task\"><input type=\"checkbox\" disabled checked aria-label=\"تم\"> وُصفت المهمة</li>\n</ul>\n"
    "<pre tabindex=\"0\"><code>waymark build --edition xa --lang ar\n</code></pre>\n"
    "<blockquote>\n<p>لا يعرّض أحد لتدخل تعسفي في حياته الخاصة.</p>\n</blockquote>\n"
    "<div class=\"w-table\" role=\"region\" tabindex=\"0\" aria-label=\"جدول\"><table>\n<thead>\n<tr>\n<th scope=\"col\">الخطر</th>\n<th scope=\"col\" class=\"w-right\">الأثر</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>تطابق خاطئ يؤدي إلى توقيف</td>\n<td class=\"w-right\">5</td>\n</tr>\n</tbody>\n</table></div>\n"
    "<section class=\"w-element w-kind-practice\" id=\"log\" aria-label=\"ممارسة جيدة\"><p class=\"w-element-title\"><span class=\"w-element-kind\">ممارسة جيدة</span> احتفظ بسجل للاستخدام</p>\n<p>يُسجَّل كل استخدام.</p>\n</section>\n"
    "<div class=\"w-passage w-untranslated\" lang=\"en\" dir=\"ltr\">\n<p class=\"w-notice\" lang=\"ar\" dir=\"rtl\"><b>غير مترجم، معروض بلغة English</b></p>\n"
    "<h2 id=\"cold\">Cold storage<a class=\"w-anchor\" href=\"#cold\" aria-label=\"رابط\"></a></h2>\n<p>Freeze samples.</p>\n</div>\n"
    "<h2 id=\"third\">المراجعة<a class=\"w-anchor\" href=\"#third\" aria-label=\"رابط\"></a></h2>\n<p>تُراجع هذه الصفحة كل عام.</p>\n"
    "<section class=\"w-footnotes\" role=\"doc-endnotes\" aria-labelledby=\"w--footnotes\"><h2 id=\"w--footnotes\">الحواشي</h2><ol><li id=\"w--fn-1\"><p>ليست كلها معروفة. <a class=\"w-footnote-back\" href=\"#w--fnref-1\" role=\"doc-backlink\" aria-label=\"العودة إلى النص\">↩</a></p></li></ol></section>\n";

static const char thai_body[] =
    "<p>หน่วยงานอาจใช้ระบบสร้างเนื้อหาได้เฉพาะกับงานที่มีบุคคลบรรยายไว้เป็นลายลักษณ์อักษร และเฉพาะในขณะที่มีบุคคลสามารถ<em>หยุด</em>ระบบได้ ดู <a class=\"w-xref\" href=\"table.html\">ความเสี่ยงของระบบสร้างเนื้อหา</a></p>\n"
    "<h2 id=\"การคุ้มครองข้อมูล\">การคุ้มครองข้อมูลส่วนบุคคล<a class=\"w-anchor\" href=\"#การคุ้มครองข้อมูล\" aria-label=\"ลิงก์ไปยังส่วนนี้\"></a></h2>\n"
    "<aside class=\"w-note w-note-caution\" role=\"note\" aria-label=\"ข้อควรระวัง\"><p class=\"w-note-title\">ข้อควรระวัง</p>\n<p>อย่าป้อนข้อมูลส่วนบุคคลลงในระบบที่คุณไม่ได้ควบคุม ผู้ปฏิบัติงานทุกคนต้องตรวจสอบผลลัพธ์ก่อนนำไปใช้ในสำนวนคดีหรือการตัดสินใจใดๆ ที่มีผลต่อสิทธิของบุคคล</p></aside>\n"
    "<ol>\n<li>บรรยายงาน</li>\n<li>ปรึกษาเจ้าหน้าที่คุ้มครองข้อมูล</li>\n</ol>\n"
    "<h2 id=\"ขั้นตอน\">ขั้นตอน<a class=\"w-anchor\" href=\"#ขั้นตอน\" aria-label=\"ลิงก์ไปยังส่วนนี้\"></a></h2>\n<p>ปู่ ย่า ที่ นี้ กี่ ญูญุ ฐาน</p>\n"
    "<h2 id=\"ทบทวน\">การทบทวน<a class=\"w-anchor\" href=\"#ทบทวน\" aria-label=\"ลิงก์ไปยังส่วนนี้\"></a></h2>\n<p>ทบทวนทุกปี</p>\n";

static void link_map(struct template_engine *engine, const char *key, const char *title, const char *url)
{
    context_map_begin(engine, key);
    context_text(engine, "title", slice_of(title));
    context_url(engine, "url", slice_of(url));
    context_map_end(engine);
}

static struct slice navigation(struct preview *preview, const char *language)
{
    static const char *const entries[][2] = {
        {"Using generative systems", "long.html"}, {"Register of risks", "table.html"},
        {"Procurement and contracts with suppliers of artificial intelligence", "procurement.html"},
        {"الأنظمة التوليدية", "arabic.html"}, {"การใช้ระบบ", "thai.html"}, {"Storage", "storage/index.html"},
        {"Training", "training/index.html"},
    };
    struct template_engine *engine = preview->engine;
    struct buffer out = BUFFER(1 << 20);
    context_begin(engine, language);
    context_map_begin(engine, "page");
    context_text(engine, "lang", slice_of(language));
    context_text(engine, "dir", slice_of(strcmp(language, "ar") == 0 ? "rtl" : "ltr"));
    context_map_end(engine);
    context_map_begin(engine, "nav");
    context_list_begin(engine, "ancestors", 2);
    link_map(engine, NULL, "International edition", "folder.html");
    link_map(engine, NULL, "Toolkit", "folder.html");
    context_list_end(engine);
    context_text(engine, "title", SLICE("Generative AI in law enforcement"));
    context_url(engine, "url", SLICE("folder.html"));
    context_list_begin(engine, "entries", 7);
    for (size_t i = 0; i < 7; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(entries[i][0]));
        context_url(engine, "url", slice_of(entries[i][1]));
        context_bool(engine, "is_folder", i > 4);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
    preview->failures += !template_render(engine, "nav", &out, &preview->diags);
    struct slice nav = arena_slice(&preview->arena, buffer_view(&out));
    buffer_free(&out);
    return nav;
}

struct sample {
    const char *file, *template, *language, *title, *description, *body;
    const char *const *contents; /* "2 id title", NULL at the end */
};

static void common(struct preview *preview, const struct sample *sample, struct slice nav)
{
    struct template_engine *engine = preview->engine;
    bool is_start = strcmp(sample->template, "start") == 0, is_lost = strcmp(sample->template, "not-found") == 0;
    context_begin(engine, sample->language);
    context_map_begin(engine, "site");
    context_text(engine, "name", SLICE("Responsible AI in Law Enforcement"));
    context_url(engine, "start_url", is_lost ? SLICE("") : SLICE("index.html"));
    context_url(engine, "home_url", is_start || is_lost ? SLICE("index.html") : SLICE("folder.html"));
    context_text(engine, "disclaimer", SLICE("A sample made to show Waymark. It is no guidance, names no real country, and must not be relied on."));
    context_list_begin(engine, "menu", 3);
    static const char *const menu[] = {"Toolkit", "Frameworks", "Decisions", "Training"};
    for (int i = 0; i < 4 && !is_start; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(menu[i]));
        context_url(engine, "url", SLICE("folder.html"));
        context_bool(engine, "current", i == 0);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_list_begin(engine, "links", 3);
    static const char *const links[] = {"glossary", "references", "about"};
    for (int i = 0; i < 3; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "key", slice_of(links[i]));
        context_url(engine, "url", slice_of(arena_printf(&preview->arena, "%s.html", links[i])));
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
    context_map_begin(engine, "edition");
    context_text(engine, "id", is_start ? SLICE("") : SLICE("xa"));
    context_text(engine, "title", is_start ? SLICE("") : SLICE("Country A"));
    context_map_end(engine);
    context_map_begin(engine, "release");
    context_text(engine, "name", SLICE("2.1"));
    context_bool(engine, "current", true);
    context_map_end(engine);

    context_map_begin(engine, "page");
    context_text(engine, "kind", slice_of(sample->template));
    context_text(engine, "title", slice_of(sample->title));
    if (sample->description)
        context_text(engine, "description", slice_of(sample->description));
    context_text(engine, "lang", slice_of(sample->language));
    context_text(engine, "dir", slice_of(strcmp(sample->language, "ar") == 0 ? "rtl" : "ltr"));
    context_url(engine, "root", SLICE(""));
    context_text(engine, "path", slice_of(sample->file));
    context_bool(engine, "sample", true);
    context_list_begin(engine, "breadcrumbs", 2);
    if (!is_start) {
        link_map(engine, NULL, "Country A", "folder.html");
        link_map(engine, NULL, "Toolkit", "folder.html");
        link_map(engine, NULL, "Generative AI in law enforcement", "folder.html");
    }
    context_list_end(engine);
    if (!is_start && !is_lost)
        context_fragment(engine, "nav", nav, slice_of(sample->file));
    context_list_begin(engine, "languages", LANGUAGE_COUNT);
    for (int i = 0; i < LANGUAGE_COUNT && !is_start; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "tag", slice_of(languages[i].tag));
        context_text(engine, "name", slice_of(languages[i].name));
        context_text(engine, "dir", slice_of(languages[i].is_rtl ? "rtl" : "ltr"));
        context_url(engine, "url", slice_of(i == 2 ? "arabic.html" : i == 4 ? "thai.html" : "long.html"));
        context_bool(engine, "current", strcmp(languages[i].tag, sample->language) == 0);
        context_bool(engine, "same_page", true);
        context_map_end(engine);
    }
    context_list_end(engine);
    if (!is_start)
        context_url(engine, "editions_url", SLICE("index.html"));
    context_map_begin(engine, "slots");
    context_map_end(engine);
}

static void document_fields(struct preview *preview, const struct sample *sample)
{
    struct template_engine *engine = preview->engine;
    context_html(engine, "body", slice_of(sample->body));
    context_list_begin(engine, "contents", 8);
    for (size_t i = 0; sample->contents && sample->contents[i]; i++) {
        const char *id = sample->contents[i] + 2, *title = strchr(id, ' ');
        context_map_begin(engine, NULL);
        context_text(engine, "id", (struct slice){id, (size_t)(title - id)});
        context_text(engine, "title", slice_of(title + 1));
        context_number(engine, "depth", sample->contents[i][0] - '1');
        context_map_end(engine);
    }
    context_list_end(engine);
    context_text(engine, "kind_label", SLICE("Guidance"));
    link_map(engine, "previous", "Register of risks", "table.html");
    link_map(engine, "next", "Procurement and contracts with suppliers of artificial intelligence", "procurement.html");
    context_list_begin(engine, "notices", 2);
    context_map_begin(engine, NULL);
    context_text(engine, "kind", SLICE("draft"));
    context_map_end(engine);
    context_map_begin(engine, NULL);
    context_text(engine, "kind", SLICE("adapted"));
    context_text(engine, "name", SLICE("Country A"));
    context_url(engine, "url", SLICE("folder.html"));
    context_map_end(engine);
    context_list_end(engine);
    context_list_begin(engine, "backlinks", 2);
    link_map(engine, NULL, "Register of risks", "table.html");
    context_map_begin(engine, NULL);
    context_text(engine, "title", SLICE("Procurement"));
    context_text(engine, "section", SLICE("What the contract says"));
    context_url(engine, "url", SLICE("procurement.html#contract"));
    context_map_end(engine);
    context_list_end(engine);
    context_number(engine, "backlink_count", 25);
    context_url(engine, "backlinks_url", SLICE("folder.html"));
    context_list_begin(engine, "audience", 2);
    context_text(engine, NULL, SLICE("Officer"));
    context_text(engine, NULL, SLICE("Data protection officer"));
    context_list_end(engine);
    context_list_begin(engine, "relations", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "label", SLICE("Implements"));
    context_list_begin(engine, "items", 1);
    link_map(engine, NULL, "Principle of accountability", "folder.html");
    context_list_end(engine);
    context_map_end(engine);
    context_list_end(engine);
}

static void status(struct preview *preview)
{
    struct template_engine *engine = preview->engine;
    context_map_begin(engine, "status");
    context_text(engine, "state", SLICE("approved"));
    context_text(engine, "owner", SLICE("Digital unit"));
    context_text(engine, "approved_by", SLICE("Data protection office"));
    context_day(engine, "approved_on", 20260502);
    context_day(engine, "review_by", 20270501);
    context_bool(engine, "overdue", true);
    context_text(engine, "classification", SLICE("For official use only"));
    context_text(engine, "base_release", SLICE("2.1"));
    context_bool(engine, "locked", true);
    context_map_begin(engine, "commit");
    context_text(engine, "id", SLICE("3cd0304aa1b2c3d4e5f60718293a4b5c6d7e8f90"));
    context_text(engine, "short", SLICE("3cd0304"));
    context_day(engine, "day", 20260430);
    context_map_end(engine);
    context_list_begin(engine, "sources", 2);
    context_map_begin(engine, NULL);
    context_text(engine, "path", SLICE("content/toolkit/generative-ai/using-generative-systems.md"));
    context_text(engine, "role", SLICE("base"));
    context_url(engine, "edit_url", SLICE("https://git.example.org/edit/main/content/a.md#L1"));
    context_map_end(engine);
    context_map_begin(engine, NULL);
    context_text(engine, "path", SLICE("xa:toolkit/using.md"));
    context_text(engine, "role", SLICE("local"));
    context_map_end(engine);
    context_list_end(engine);
    context_map_end(engine);
}

static void children(struct template_engine *engine)
{
    static const char *const titles[] = {"Using generative systems", "Register of risks", "Storage"};
    context_list_begin(engine, "children", 3);
    for (int i = 0; i < 3; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(titles[i]));
        context_url(engine, "url", i == 0 ? SLICE("long.html") : i == 1 ? SLICE("table.html") : SLICE("storage/index.html"));
        context_bool(engine, "is_folder", i == 2);
        if (i == 2)
            context_number(engine, "count", 12);
        else
            context_text(engine, "kind_label", SLICE("Guidance"));
        if (i != 1)
            context_text(engine, "description", SLICE("What an agency does before, while and after it uses a system that writes, draws or speaks."));
        context_map_end(engine);
    }
    context_list_end(engine);
}

static void start_fields(struct template_engine *engine)
{
    static const char *const titles[] = {"International edition", "Country A", "Pays B", "الدولة ج"};
    context_map_begin(engine, "start");
    context_list_begin(engine, "editions", 4);
    for (int i = 0; i < 4; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "title", slice_of(titles[i]));
        if (i == 0)
            context_text(engine, "description", SLICE("The guidance as the programme publishes it, before any country adapts it."));
        context_list_begin(engine, "languages", 3);
        for (int j = 0; j <= i + 1 && j < LANGUAGE_COUNT; j++) {
            context_map_begin(engine, NULL);
            context_text(engine, "tag", slice_of(languages[j].tag));
            context_text(engine, "name", slice_of(languages[j].name));
            context_text(engine, "dir", slice_of(languages[j].is_rtl ? "rtl" : "ltr"));
            context_url(engine, "url", SLICE("folder.html"));
            context_map_end(engine);
        }
        context_list_end(engine);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);
}

static void list_fields(struct template_engine *engine)
{
    context_map_begin(engine, "glossary");
    context_list_begin(engine, "groups", 2);
    static const char *const terms[] = {"authority", "warrant"};
    for (int i = 0; i < 2; i++) {
        context_map_begin(engine, NULL);
        context_text(engine, "letter", i ? SLICE("W") : SLICE("A"));
        context_text(engine, "id", i ? SLICE("w--letter-w") : SLICE("w--letter-a"));
        context_list_begin(engine, "terms", 1);
        context_map_begin(engine, NULL);
        context_text(engine, "id", slice_of(terms[i]));
        context_text(engine, "term", slice_of(terms[i]));
        context_html(engine, "definition", SLICE("<p>A written order of a court that allows a search or an arrest.</p>"));
        context_bool(engine, "is_local", i == 1);
        context_list_begin(engine, "see", 1);
        context_map_begin(engine, NULL);
        context_text(engine, "term", SLICE("authority"));
        context_url(engine, "url", SLICE("#authority"));
        context_map_end(engine);
        context_list_end(engine);
        context_map_end(engine);
        context_list_end(engine);
        context_map_end(engine);
    }
    context_list_end(engine);
    context_map_end(engine);

    context_map_begin(engine, "references");
    context_list_begin(engine, "groups", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "id", SLICE("w--instruments"));
    context_text(engine, "title", SLICE("Legal instruments"));
    context_list_begin(engine, "items", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "id", SLICE("udhr"));
    context_text(engine, "title", SLICE("Universal Declaration of Human Rights"));
    context_text(engine, "short", SLICE("Universal Declaration"));
    context_text(engine, "issuer", SLICE("United Nations General Assembly"));
    context_text(engine, "number", SLICE("A/RES/217 A (III)"));
    context_day(engine, "day", 19481210);
    context_url(engine, "url", SLICE("https://www.un.org/en/about-us/universal-declaration-of-human-rights"));
    context_bool(engine, "checked", false);
    context_list_begin(engine, "cited", 1);
    link_map(engine, NULL, "Using generative systems", "long.html");
    context_list_end(engine);
    context_map_end(engine);
    context_list_end(engine);
    context_map_end(engine);
    context_list_end(engine);
    context_map_end(engine);

    context_map_begin(engine, "about");
    context_day(engine, "day", 20260510);
    context_text(engine, "release", SLICE("2.1"));
    context_list_begin(engine, "sources", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "name", SLICE("base"));
    context_text(engine, "address", SLICE("https://git.example.org/base.git"));
    context_text(engine, "ref", SLICE("main"));
    context_text(engine, "commit", SLICE("3cd0304aa1b2c3d4e5f60718293a4b5c6d7e8f90"));
    context_day(engine, "day", 20260430);
    context_map_end(engine);
    context_list_end(engine);
    context_list_begin(engine, "tools", 1);
    context_map_begin(engine, NULL);
    context_text(engine, "name", SLICE("Waymark"));
    context_text(engine, "version", SLICE("0.1"));
    context_map_end(engine);
    context_list_end(engine);
    context_url(engine, "sums_url", SLICE("SHA256SUMS"));
    context_map_end(engine);
}

static void render(struct preview *preview, const struct sample *sample)
{
    struct template_engine *engine = preview->engine;
    struct slice nav = navigation(preview, sample->language);
    struct buffer out = BUFFER(1 << 24);
    common(preview, sample, nav);
    if (strcmp(sample->template, "page") == 0)
        document_fields(preview, sample);
    if (strcmp(sample->template, "folder") == 0)
        children(engine);
    if (strcmp(sample->template, "redirect") == 0) {
        context_url(engine, "target", SLICE("long.html"));
        context_text(engine, "target_title", SLICE("Using generative systems"));
    }
    context_map_end(engine);
    if (strcmp(sample->template, "page") == 0)
        status(preview);
    start_fields(engine);
    list_fields(engine);
    preview->failures += !template_render(engine, sample->template, &out, &preview->diags);
    file_replace(preview->folder, sample->file, buffer_view(&out), false);
    printf("%-16s %6zu bytes\n", sample->file, out.length);
    buffer_free(&out);
}

int main(int count, char **arguments)
{
    struct preview preview = {.folder = -1};
    if (count != 3) {
        fprintf(stderr, "usage: preview FOLDER_WITH_THEMES OUTPUT\n");
        return 2;
    }
    mkdir(arguments[2], 0755);
    preview.folder = open(arguments[2], O_RDONLY | O_DIRECTORY);
    if (theme_load(&preview.theme, &preview.arena, arguments[1], "themes/default", "", &preview.diags)) {
        struct template_options options = {.layers = preview.theme.layers,
                                           .layer_count = preview.theme.layer_count,
                                           .languages = languages,
                                           .language_count = LANGUAGE_COUNT,
                                           .default_language = "en"};
        preview.engine = template_engine_new(&options, &preview.diags);
    }
    static const char *const long_contents[] = {"2 before Before you begin", "3 steps Steps",
                                                "2 data-protection Data protection in Country A", "2 cold Congélation",
                                                "2 a-very-long-heading A heading that is so long that it needs two lines even on a wide screen", NULL};
    static const char *const table_contents[] = {"2 risks Risks", "2 small A small table", "2 third What follows", NULL};
    static const char *const arabic_contents[] = {"2 حماية-البيانات حماية البيانات", "2 cold Cold storage",
                                                  "2 third المراجعة", NULL};
    static const char *const thai_contents[] = {"2 การคุ้มครองข้อมูล การคุ้มครองข้อมูลส่วนบุคคล", "2 ขั้นตอน ขั้นตอน", "2 ทบทวน การทบทวน", NULL};
    static const struct sample samples[] = {
        {"index.html", "start", "en", "Responsible AI in Law Enforcement", NULL, NULL, NULL},
        {"long.html", "page", "en", "Using generative systems",
         "What an agency does before, while and after it uses a system that writes, draws or speaks.", long_body, long_contents},
        {"table.html", "page", "en", "Register of risks", NULL, table_body, table_contents},
        {"arabic.html", "page", "ar", "استخدام الأنظمة التوليدية", "ما تفعله الجهة قبل استخدام نظام يكتب أو يرسم أو يتكلم وأثناءه وبعده.", arabic_body, arabic_contents},
        {"thai.html", "page", "th", "การใช้ระบบสร้างเนื้อหา", NULL, thai_body, thai_contents},
        {"folder.html", "folder", "en", "Generative AI in law enforcement", "How an agency uses systems that generate text, images or sound.", NULL, NULL},
        {"glossary.html", "glossary", "en", "Glossary", NULL, NULL, NULL},
        {"references.html", "references", "en", "References", NULL, NULL, NULL},
        {"about.html", "about", "en", "About this copy", NULL, NULL, NULL},
        {"404.html", "not-found", "en", "Page not found", NULL, NULL, NULL},
        {"moved.html", "redirect", "en", "Using generative systems", NULL, NULL, NULL},
    };
    for (size_t i = 0; preview.engine && i < sizeof samples / sizeof samples[0]; i++)
        render(&preview, &samples[i]);
    for (size_t i = 0; preview.engine && i < preview.theme.asset_count; i++) {
        const struct theme_file *asset = preview.theme.assets[i];
        const char *path = arena_printf(&preview.arena, "theme/%s", asset->name + strlen("assets/"));
        if (!file_make_parents(preview.folder, path) || !file_replace(preview.folder, path, asset->bytes, false))
            fprintf(stderr, "cannot write %s\n", path);
    }
    for (size_t i = 0; i < preview.diags.count; i++)
        diag_print(stderr, &preview.diags.items[i], false);
    bool ok = preview.engine && preview.failures == 0;
    template_engine_free(preview.engine);
    diag_list_free(&preview.diags);
    arena_free(&preview.arena);
    close(preview.folder);
    return !ok;
}
