using System.Runtime.CompilerServices;
using System.Text;
using KernelFoundry.Inference.Tokenizers.Files.Json;
using KernelFoundry.Inference.Tokenizers.PreTokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>docs/tokenizers.md lists what the tables hold; KF_UPDATE_GOLDEN=1 writes it.</summary>
public class TokenizerPageTests
{
    [Fact]
    public void The_page_lists_what_the_tables_hold()
    {
        string path = PagePath();
        string page = File.ReadAllText(path);
        string expected = Replace(Replace(page, "kinds", Kinds()), "families", Families());
        if (Environment.GetEnvironmentVariable("KF_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.True(page == expected, "docs/tokenizers.md is not what the tables say; KF_UPDATE_GOLDEN=1 writes it.");
    }

    [Fact]
    public void A_name_is_in_one_row_and_every_pattern_compiles()
    {
        Assert.Equal(PreTokenizerFamilies.Names.Count, PreTokenizerFamilies.Names.Distinct().Count());
        Assert.All(PreTokenizerFamilies.Names, name => Assert.NotEmpty(PreTokenizerFamilies.Splitters(name)));
    }

    private static string Kinds()
    {
        var text = new StringBuilder("\n\n");
        foreach (var (part, kinds) in new (string, IEnumerable<string>)[]
        {
            ("normalizers", JsonNormalizers.Kinds), ("pre-tokenizers", JsonPreTokenizers.Kinds), ("models", JsonModels.Kinds),
            ("post-processors", JsonPostProcessors.Kinds), ("decoders", JsonDecoders.Kinds),
        })
            text.Append("- ").Append(part).Append(": ").AppendJoin(", ", kinds.Select(kind => $"`{kind}`")).Append('\n');
        return text.Append('\n').ToString();
    }

    private static string Families()
    {
        var text = new StringBuilder("\n| names | patterns |\n|---|---|\n");
        foreach (var family in PreTokenizerFamilies.All)
        {
            var patterns = family.Patterns.Concat(family.GroupsDigits ? [DigitGroupSplitter.Pattern] : Array.Empty<string>());
            text.Append("| ").AppendJoin(", ", family.Names.Select(name => $"`{name}`")).Append(" | ")
                .AppendJoin("<br>", patterns.Select(pattern => $"`` {pattern.Replace("|", "\\|", StringComparison.Ordinal)} ``")).Append(" |\n");
        }

        return text.Append('\n').ToString();
    }

    private static string Replace(string page, string name, string content)
    {
        string begin = $"<!-- {name}:begin -->", end = $"<!-- {name}:end -->";
        int start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return page[..start] + content + page[page.IndexOf(end, StringComparison.Ordinal)..];
    }

    private static string PagePath([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "tokenizers.md"));
}
