using System.Diagnostics;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Tests.Templates;

/// <summary>Templates that want too much: each ends with an error, in bounded time and memory.</summary>
public class HostileTemplateTests
{
    private const string Doubling = "{% set ns = namespace(x=SEED) %}{% for i in range(100) %}{% set ns.x = STEP %}{% endfor %}";

    private static readonly string[] s_templates =
    [
        "{{ " + new string('(', 100_000), "{{ " + new string('[', 5000) + new string(']', 5000) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("not ", 50_000)) + "x }}", "{{ " + string.Concat(Enumerable.Repeat("-", 50_000)) + "1 }}",
        string.Concat(Enumerable.Repeat("{% if true %}", 5000)), string.Concat(Enumerable.Repeat("{% for x in [1] %}", 3000)),
        "{{ " + string.Concat(Enumerable.Repeat("1 if ", 50_000)) + "1 }}", "{% set " + new string('(', 50_000) + "a %}",
        "{{ " + string.Join('+', Enumerable.Repeat("1", 200_000)) + " }}", "{{ x" + string.Concat(Enumerable.Repeat(".a", 200_000)) + " }}",
        "{{ 1" + string.Concat(Enumerable.Repeat("|string", 100_000)) + " }}",
        "{{ range(1000000000) }}", "{{ range(0, 1000000000000, 1)|list }}", "{{ range(-9223372036854775807, 9223372036854775807) }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "{% block b %}{{ self.b() }}{% endblock %}",
        "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
        Fill("'ab'", "ns.x ~ ns.x"), Fill("'ab'", "ns.x + ns.x"), Fill("'ab'", "ns.x * 9"), Fill("'a'", "ns.x|replace('a', 'aaaa')"),
        Fill("[1]", "ns.x + ns.x") + "{{ ns.x }}", Fill("[1]", "[ns.x, ns.x]") + "{{ ns.x }}", Fill("[1]", "[ns.x, ns.x]") + "{{ ns.x|tojson }}",
        Fill("[1]", "[ns.x, ns.x]") + "{{ ns.x == ns.x|list }}", Fill("[1]", "(ns.x, ns.x)") + "{{ {ns.x: 1} }}",
        Fill("[1]", "[ns.x, ns.x]") + "{{ [ns.x, ns.x]|sort }}", Fill("{}", "{'a': ns.x, 'b': ns.x}") + "{{ ns.x|tojson(indent=4) }}",
        Fill("'%s'", "ns.x|format('%s%s%s%s')"), Fill("'{0}'", "ns.x.format('{0}{0}')"), Fill("'a'", "[ns.x, ns.x, ns.x]|join"),
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}", "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns == ns.x }}{{ ns.x }}",
        "{{ 'a' * 1000000000000 }}", "{{ [1] * 9223372036854775807 }}", "{{ '%999999999d' % 1 }}", "{{ '%.999999999f' % 1 }}", "{{ '%*d' % (999999999, 1) }}",
        "{{ '{:999999999}'.format(1) }}", "{{ '{:.999999999f}'.format(1.5) }}", "{{ 'a'.center(999999999) }}", "{{ 'a'|center(9999999999) }}",
        "{{ 'a'.zfill(999999999) }}", "{{ '\t'.expandtabs(999999999) }}", "{{ 'a'|indent(999999999, true) }}", "{{ [1]|batch(9999999999, 0)|list }}",
        "{{ [1]|slice(999999999)|list }}", "{{ [[1]]|tojson(indent=999999999) }}", "{{ 2 ** 1000000000 }}", "{{ 99999999999999999999 }}",
        "{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 * 2 }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}",
        "{% for a in range(99999) %}{% set b = ('x' * 99999)|upper %}{% endfor %}",
        "{% set a = 'a' * 1000000 %}{% set b = a ~ 'b' %}{% for i in range(99999) %}{{ b in a ~ a }}{% endfor %}",
        "{% set a = ('a' * 4000000) %}{% for i in range(99999) %}{{ a.count('a' * 1000 ~ 'b') }}{% endfor %}",
        "{% set a = ('a' * 2000000) %}{{ a.rfind('a' * 1000000) }}", "{% for i in range(99999) %}{% set x = range(99999)|list %}{% endfor %}",
        "{% for i in range(99999) %}{% set x = range(99999)|map('string')|list|sort|unique|list %}{% endfor %}",
        "{% for i in range(99999) %}{{ ('a,' * 99999).split(',')|length }}{% endfor %}", "{{ ('{' * 100001).format() }}",
        "{{ '{0[0][0][0]}'.format(1) }}{{ ('{0' ~ '.a' * 100000 ~ '}').format(1) }}", "{{ [1]|map('map', 'map')|list }}",
        "{% set x %}{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}{% endset %}", "{% filter upper %}{% for i in range(99999) %}{{ 'x' * 9999 }}{% endfor %}{% endfilter %}",
        "{{ dict([[[], 1]]) }}", "{{ raise_exception('x' * 8000000) }}", "{% for x in loop %}{% endfor %}{{ zzz.a }}", "{{ namespace(a=1).b.c }}",
    ];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, s_templates.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void EndsWithAnErrorInTime(int index)
    {
        string source = s_templates[index];
        TestContext.Current.TestOutputHelper?.WriteLine(source[..Math.Min(source.Length, 200)]);
        long started = Stopwatch.GetTimestamp();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<TemplateException>(() => Template.Parse(source).Render(new Dictionary<string, TemplateValue>()));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(error.Message.Length < 4000);
        Assert.True(error.Line >= 1 && error.Column >= 1);

        // Far above what any of them takes, on a machine that does other things: the point is that it is no hour and no terabyte.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60));
        Assert.True(allocated < 8L << 30, $"{allocated} bytes");
    }

    [Fact]
    public void DrawnTextIsATemplateOrAnError()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        string[] pieces = ["{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "x", "if ", "else", "endif", "for ", " in ", "endfor", "set ", "=", "(", ")", "[",
            "]", "{", "}", ",", ":", "'", "\"", "\\", "1", ".5", "|", "upper", " is ", "not ", "macro m()", "endmacro", "raw", "endraw", "call", "~", "*", "**", "é", "\ud83d"];
        var options = new TemplateOptions { MaxSteps = 10_000 };
        int rendered = 0;
        for (int round = 0; round < 20_000; round++)
        {
            string source = string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                _ = Template.Parse(source, options: options).Render(new Dictionary<string, TemplateValue> { ["x"] = TemplateValue.From("y") });
                rendered++;
            }
            catch (TemplateException)
            {
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}: {source}: {other}");
            }
        }

        Assert.InRange(rendered, 100, 19_900);
    }

    [Fact]
    public void ShippedTemplatesWithDamageAreTemplatesOrErrors()
    {
        int seed = RandomSeed.Next();
        var random = new Random(seed);
        string[] sources = [.. ShippedTemplateTests.Names.Select(row => File.ReadAllText(ReferenceFiles.Require("templates", row.Data + ".jinja")))];
        var variables = new Dictionary<string, TemplateValue>
        {
            ["messages"] = TemplateValue.FromJson("""[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}, {"role": "user", "content": "x"}]"""),
            ["tools"] = TemplateValue.FromJson("""[{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}]"""),
        };
        for (int round = 0; round < 1500; round++)
        {
            string source = sources[random.Next(sources.Length)];
            int at = random.Next(source.Length), length = Math.Min(random.Next(1, 9), source.Length - at);
            string inserted = random.Next(2) == 0 ? "" : source.Substring(random.Next(source.Length - 9), random.Next(9));
            source = source[..at] + inserted + source[(at + length)..];
            try
            {
                _ = Template.Parse(source).Render(variables);
            }
            catch (TemplateException)
            {
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, round {round}: {other}");
            }
        }
    }

    [Fact]
    public void ErrorsSayWhere()
    {
        CheckPlace("a\n  {{ b.c }}", 2, 7);
        CheckPlace("a\n{% if x %}\n{{ 1 + }}", 3, 8);
        CheckPlace("{% if x %}", 1, 11);
        CheckPlace("\n\n{{ 'a' + 1 }}", 3, 8);
        CheckPlace("{{ x|nosuch }}", 1, 6);
        CheckPlace("{{ raise_exception('no') }}", 1, 19);
    }

    [Fact]
    public void RenderingCanBeCancelled()
    {
        Template template = Template.Parse("{% for a in range(99999) %}{% for b in range(99) %}{% endfor %}{% endfor %}");
        Assert.Throws<OperationCanceledException>(() => template.Render(new Dictionary<string, TemplateValue>(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void GeneratedPartsAreMarked()
    {
        Template template = Template.Parse("a{% generation %}bc{% endgeneration %}d{% for i in [1,2] %}{% generation %}{{ i }}{% endgeneration %}{% endfor %}");
        RenderedTemplate rendered = template.RenderMarked(new Dictionary<string, TemplateValue>());
        Assert.Equal("abcd12", rendered.Text);
        Assert.Equal([1..3, 4..5, 5..6], rendered.Generated);
    }

    private static string Fill(string seed, string step) =>
        Doubling.Replace("SEED", seed, StringComparison.Ordinal).Replace("STEP", step, StringComparison.Ordinal);

    private static void CheckPlace(string source, int line, int column)
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse(source, "t").Render(new Dictionary<string, TemplateValue>()));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"The template 't' fails at line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
    }
}
