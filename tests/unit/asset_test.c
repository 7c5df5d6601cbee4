/* Which attachments may be published: the name and the content must agree, and
 * nothing may act. */

#include "render/asset.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BYTES(text) {"" text, sizeof(text) - 1}

struct asset_case {
    const char *name, *file;
    struct slice bytes;
    const char *code; /* NULL: passes */
};

static const struct asset_case cases[] = {
    {"a PNG", "a.png", BYTES("\x89PNG\r\n\x1a\nrest"), NULL},
    {"capital letters", "A.PNG", BYTES("\x89PNG\r\n\x1a\nrest"), NULL},
    {"a JPEG", "a.jpg", BYTES("\xFF\xD8\xFF\xE0"), NULL},
    {"a WebP", "a.webp", BYTES("RIFF\x10\0\0\0WEBPVP8 "), NULL},
    {"a PDF", "form.pdf", BYTES("%PDF-1.7\n"), NULL},
    {"text", "notes.txt", BYTES("Only words.\n"), NULL},
    {"an empty text", "empty.txt", BYTES(""), NULL},
    {"HTML under a PNG's name", "a.png", BYTES("<html><script>"), "asset-type"},
    {"a PDF that begins as HTML", "a.pdf", BYTES("<html>%PDF-1.7"), "asset-type"},
    {"binary under a text's name", "a.txt", BYTES("a\0b"), "asset-type"},
    {"HTML", "page.html", BYTES("<p>"), "asset-type"},
    {"a script", "run.js", BYTES("1"), "asset-type"},
    {"a Windows program", "setup.exe", BYTES("MZ"), "asset-type"},
    {"a shortcut", "a.lnk", BYTES("L\0\0\0"), "asset-type"},
    {"an HTML application", "a.hta", BYTES("<hta>"), "asset-type"},
    {"two endings", "a.png.exe", BYTES("\x89PNG\r\n\x1a\n"), "asset-type"},
    {"no ending", "png", BYTES("\x89PNG\r\n\x1a\n"), "asset-type"},
    {"a plain drawing", "a.svg", BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0\"/></svg>"), NULL},
    {"a drawing that uses its own parts", "a.svg", BYTES("<svg><defs id=\"a\"/><use href=\"#a\" fill=\"url(#b)\"/></svg>"), NULL},
    {"a script in a drawing", "a.svg", BYTES("<svg><SCRIPT>alert(1)</SCRIPT></svg>"), "asset-active"},
    {"a handler", "a.svg", BYTES("<svg><g\nonload = 'x'/></svg>"), "asset-active"},
    {"a handler after a slash", "a.svg", BYTES("<svg/onload=x>"), "asset-active"},
    {"a foreign object", "a.svg", BYTES("<svg><foreignObject/></svg>"), "asset-active"},
    {"an entity", "a.svg", BYTES("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>"), "asset-active"},
    {"a remote picture", "a.svg", BYTES("<svg><image xlink:href='https://example.org/x.png'/></svg>"), "asset-active"},
    {"a remote style", "a.svg", BYTES("<svg><style>@import 'x.css'</style></svg>"), "asset-active"},
    {"a remote font by url()", "a.svg", BYTES("<svg><style>a{b:url( //example.org/x)}</style></svg>"), "asset-active"},
    {"a hidden scheme", "a.svg", BYTES("<svg><a href='&#106;avascript:x'/></svg>"), "asset-active"},
    {"a picture as data", "a.svg", BYTES("<svg><image href=\"data:image/png;base64,AAAA\"/></svg>"), NULL},
    {"a page as data", "a.svg", BYTES("<svg><image href=\"data:text/html,x\"/></svg>"), "asset-active"},
    {"no drawing", "a.svg", BYTES("<html></html>"), "asset-active"},
};

static void test_assets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diag_list diags = {0};
        struct diag_file file = {"files/a", SLICE("")};
        bool ok = asset_check(&file, slice_of(cases[i].file), cases[i].bytes, &diags);
        const char *code = diags.count ? diag_word(diags.items[0].code) : NULL;
        bool is_right = cases[i].code ? !ok && diags.count == 1 && strcmp(code, cases[i].code) == 0 : ok && diags.count == 0;
        if (!is_right)
            fail_msg("%s: got %s", cases[i].name, code ? code : "no diagnostic");
        diag_list_free(&diags);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_assets)};
    return cmocka_run_group_tests_name("asset", tests, NULL, NULL);
}
