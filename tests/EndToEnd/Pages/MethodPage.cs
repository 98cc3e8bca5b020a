using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace KernelFoundry.EndToEnd.Tests.Pages;

/// <summary>A page of docs/decoding/methods.</summary>
internal sealed partial record MethodPage(string Name, string Text)
{
    public static IReadOnlyList<MethodPage> All { get; } = [.. Directory.GetFiles(Path.Combine(Folder(), "methods"), "*.md").Order(StringComparer.Ordinal)
        .Select(path => new MethodPage(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))];

    public static string Index => File.ReadAllText(Path.Combine(Folder(), "README.md"));

    /// <summary>Its examples in a language.</summary>
    public IReadOnlyList<string> Examples(string language) => ExamplesIn(Text, language);

    public static IReadOnlyList<string> ExamplesIn(string text, string language) => [.. Blocks().Matches(text).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["body"].Value)];

    /// <summary>The words of a command line, as a shell splits it.</summary>
    public static string[] Words(string line)
    {
        var words = new List<string>();
        foreach (Match match in ShellWords().Matches(line))
            words.Add(match.Groups["single"].Success ? match.Groups["single"].Value : match.Groups["double"].Success ? match.Groups["double"].Value : match.Value);
        return [.. words];
    }

    private static string Folder([CallerFilePath] string source = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "decoding"));

    [GeneratedRegex("^```(?<language>\\w+)\\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("'(?<single>[^']*)'|\"(?<double>[^\"]*)\"|\\S+")]
    private static partial Regex ShellWords();
}
