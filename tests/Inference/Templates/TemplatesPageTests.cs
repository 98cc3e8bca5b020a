using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using KernelFoundry.Inference.Templates.Filters;
using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Tests.Templates;

/// <summary>docs/templates.md lists what Jinja2 has built in; all of it is here, and what is refused says so.</summary>
public partial class TemplatesPageTests
{
    // sorted(Environment().filters), tests and globals of Jinja2 3.1.6.
    private const string Filters = "abs attr batch capitalize center count d default dictsort e escape filesizeformat first float forceescape format groupby indent int items join last length list lower map max min pprint random reject rejectattr replace reverse round safe select selectattr slice sort string striptags sum title tojson trim truncate unique upper urlencode urlize wordcount wordwrap xmlattr";
    private const string Tests = "!= < <= == > >= boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt in integer iterable le lessthan lower lt mapping ne none number odd sameas sequence string test true undefined upper";
    private const string Functions = "cycler dict joiner lipsum namespace range";

    [Fact]
    public void AllThatJinjaHasBuiltInIsThere()
    {
        Assert.Empty(Filters.Split(' ').Except(FilterTable.All.Keys));
        Assert.Empty(FilterTable.All.Keys.Except(Filters.Split(' ')));
        Assert.Equal(Tests.Split(' ').Order(StringComparer.Ordinal), TestTable.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["raise_exception", "strftime_now"], Globals.All.Keys.Except(Functions.Split(' ')).Order(StringComparer.Ordinal));
        Assert.Empty(Functions.Split(' ').Except(Globals.All.Keys));
    }

    [Fact]
    public void ThePageListsIt()
    {
        string page = File.ReadAllText(Page());
        int begin = page.IndexOf("## Jinja's own", StringComparison.Ordinal);
        string[] rows = page[begin..page.IndexOf("## Where it differs", StringComparison.Ordinal)].Split('\n');
        Assert.Equal(Filters.Split(' ').Order(StringComparer.Ordinal), Named(rows.Where(row => row.StartsWith("| filters", StringComparison.Ordinal) || row.StartsWith("| |", StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        Assert.Equal(Tests.Split(' ').Order(StringComparer.Ordinal), Named(rows.Where(row => row.StartsWith("| tests", StringComparison.Ordinal))).Order(StringComparer.Ordinal));
        Assert.Equal(Functions.Split(' ').Order(StringComparer.Ordinal), Named(rows.Where(row => row.StartsWith("| functions", StringComparison.Ordinal))).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{{ [1]|random }}")]
    [InlineData("{{ lipsum() }}")]
    [InlineData("{{ lipsum(2, false) }}")]
    public void WhatIsDrawnIsRefusedWithTheReason(string source)
    {
        var error = Assert.Throws<KernelFoundry.Inference.Templates.TemplateException>(() => KernelFoundry.Inference.Templates.Template.Parse(source).Render(new Dictionary<string, KernelFoundry.Inference.Templates.TemplateValue>()));
        Assert.Contains("the same text every time", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Named(IEnumerable<string> rows) => rows.SelectMany(row => Name().Matches(row)).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();

    private static string Page([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "../../../docs/templates.md");
}
