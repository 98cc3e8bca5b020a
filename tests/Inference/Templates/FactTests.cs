using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using KernelFoundry.Inference.Templates;

namespace KernelFoundry.Inference.Tests.Templates;

/// <summary>
/// Small templates, each with what Jinja2 3.1.2 on Python 3.11 (of <c>pprint</c>, <c>urlize</c> and <c>wordwrap</c> 3.1.6) makes of it when set up as Hugging Face transformers does; null where it raises.
/// The table facts.json was computed with that program for these tests.
/// </summary>
public class FactTests
{
    private const string Variables = """
        {"s":"Hello, World","u":"naïve 🙂 日本","e":"","n":7,"z":0,"f":2.5,"neg":-3,"t":true,"no":false,"nil":null,
        "l":[3,1,2],"w":["b","A","c","a"],
        "m":[{"role":"user","content":"hi","n":2},{"role":"assistant","content":"yo","n":1},{"role":"user","content":"x","n":3}],
        "d":{"b":1,"a":{"x":[1,{"y":"deep"}]},"items":"shadow","1":"one"},"nested":[[1,2],[3,[4]]],"html":"<b>&'\"</b>"}
        """;

    [Fact]
    public void TemplatesBecomeWhatTheReferenceMakesOfThem()
    {
        using JsonDocument variables = JsonDocument.Parse(Variables);
        Dictionary<string, TemplateValue> values = variables.RootElement.EnumerateObject()
            .ToDictionary(p => p.Name, p => TemplateValue.FromJson(p.Value));
        var options = new TemplateOptions { Clock = new FixedClock(new DateTime(2026, 1, 5, 7, 8, 9).AddMicroseconds(1234)) };
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllBytes(TableFile()));
        var wrong = new StringBuilder();
        foreach (JsonElement fact in facts.RootElement.EnumerateArray())
        {
            string source = fact[0].GetString()!;
            string? expected = fact[1].GetString();
            string? actual = null, error = null;
            try
            {
                actual = Template.Parse(source, options: options).Render(values);
            }
            catch (TemplateException raised)
            {
                error = raised.Reason;
            }

            if (expected != actual)
                wrong.Append($"\n{source}\n  expected: {expected ?? "an error"}\n  actual:   {actual ?? error}");
        }

        Assert.True(facts.RootElement.GetArrayLength() > 700);
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    private static string TableFile([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "facts.json");
}
