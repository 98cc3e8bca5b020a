using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KernelFoundry.Corpus.Tests;

public sealed class CorpusTests
{
    private const int Documents = 4000;

    [Fact]
    public void TheSameSeedGivesTheSameBytesOnEveryMachine()
    {
        byte[] first = Written(7), second = Written(7), other = Written(8);

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);

        // The corpus the models of the repository learned from would be another if this changed.
        Assert.Equal("b9cbffebe3db9023fc6bcf4150098a13", Convert.ToHexStringLower(SHA256.HashData(first))[..32]);
    }

    [Fact]
    public void NoKeyIsInTwoSplits()
    {
        HashSet<string> train = Keys(CorpusSplit.Train), validation = Keys(CorpusSplit.Validation), test = Keys(CorpusSplit.Test);

        Assert.Empty(train.Intersect(validation));
        Assert.Empty(train.Intersect(test));
        Assert.Empty(validation.Intersect(test));
    }

    [Fact]
    public void TasksAreOfTheTestSplitAndNoneComesTwice()
    {
        HashSet<string> train = Keys(CorpusSplit.Train);
        foreach (string task in TaskWriter.Names)
        {
            IReadOnlyList<(CorpusTask Task, string Key)> items = TaskWriter.Draw(1, task, 300);
            Assert.Equal(300, items.Select(item => item.Task.Prompt).Distinct().Count());
            Assert.Empty(train.Intersect(items.Select(item => item.Key)));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKindIsThereAndDiffers(string kind)
    {
        Document[] documents = [.. All(CorpusSplit.Train).Where(document => document.Kind == kind)];

        Assert.True(documents.Length > Documents / 30, $"{documents.Length} of {Documents}");
        Assert.True(documents.Select(document => document.Text).Distinct().Count() > documents.Length * 9 / 10);
    }

    [Fact]
    public void LinesAreJsonWithTheText()
    {
        string[] lines = Encoding.UTF8.GetString(Written(3)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        for (int i = 0; i < lines.Length; i++)
        {
            using var json = JsonDocument.Parse(lines[i]);
            Assert.Equal(DocumentKinds.Draw(3, CorpusSplit.Train, i).Text, json.RootElement.GetProperty("text").GetString());
        }
    }

    public static TheoryData<string> Kinds() => [.. DocumentKinds.Names];

    private static byte[] Written(ulong seed)
    {
        using var stream = new MemoryStream();
        CorpusWriter.Write(stream, seed, CorpusSplit.Train, 200_000);
        return stream.ToArray();
    }

    private static IEnumerable<Document> All(CorpusSplit split) => Enumerable.Range(0, Documents).Select(i => DocumentKinds.Draw(1, split, i));

    private static HashSet<string> Keys(CorpusSplit split) => [.. All(split).SelectMany(document => document.Keys)];
}
