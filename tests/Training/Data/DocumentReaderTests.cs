using System.Text;
using KernelFoundry.Training.Data;

namespace KernelFoundry.Training.Tests.Data;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelfoundry-data-").FullName;

    [Fact]
    public void LinesAreDocumentsAndFilesAreDocuments()
    {
        Assert.Equal(["a\nb", "ü"], DocumentReader.Read(Write("x.jsonl", "{\"text\": \"a\\nb\", \"kind\": 3}\r\n\n{\"text\": \"\"}\n{\"text\":\"ü\"}"u8)));
        Assert.Equal(["one\ntwo\n"], DocumentReader.Read(Write("x.txt", "one\ntwo\n"u8)));
        Assert.Empty(DocumentReader.Read(Write("empty.txt", ""u8)));
    }

    [Theory]
    [InlineData("{\"text\": \"a\"}\n{\"text\": \"b\"\n", 2, "is no JSON at byte")]
    [InlineData("\n\n[1]", 3, "is Array; it must be an object")]
    [InlineData("{\"words\": \"a\"}", 1, "has no \"text\"")]
    [InlineData("{\"text\": 5}", 1, "is Number; it must be a string")]
    [InlineData("{\"text\": \"\\ud800\"}", 1, "not Unicode")]
    public void AWrongLineIsNamed(string content, int line, string problem)
    {
        string path = Write("x.jsonl", Encoding.UTF8.GetBytes(content));

        var error = Assert.Throws<TrainingDataException>(() => DocumentReader.Read(path).ToList());
        Assert.Equal(line, error.Line);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesThatAreNotUtf8AreRefusedWithTheirLine()
    {
        Assert.Equal(2, Assert.Throws<TrainingDataException>(() => DocumentReader.Read(Write("x.txt", [65, 10, 0xC3, 0x28])).ToList()).Line);
        Assert.Equal(1, Assert.Throws<TrainingDataException>(() => DocumentReader.Read(Write("x.jsonl", [.. "{\"text\": \""u8, 0xC3, 0x28, .. "\"}"u8])).ToList()).Line);
    }

    [Fact]
    public void AnEndlessLineIsRefusedInBoundedMemory()
    {
        string path = Path.Combine(_folder, "long.jsonl");
        using (FileStream stream = File.Create(path))
            stream.SetLength(DocumentReader.MaximumBytes + 10L);

        Assert.Contains("longer than", Assert.Throws<TrainingDataException>(() => DocumentReader.Read(path).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FilesWithoutDocumentsAreRefused()
    {
        string path = Write("empty.jsonl", "\n"u8);

        Assert.Throws<TrainingDataException>(() => TokenizedDocuments.Read([path], Tiny.Tokenizer, parseSpecial: false));
        string wrong = Write("wrong.jsonl", "{}"u8);
        Assert.Equal(1, Assert.Throws<TrainingDataException>(() => TokenizedDocuments.Read([wrong], Tiny.Tokenizer, parseSpecial: false)).Line);
    }

    [Fact]
    public void DocumentsGetTheirEndsOnceAndControlTokensOnlyWhenAskedFor()
    {
        int begin = Tiny.Tokenizer.BosId!.Value, end = Tiny.Tokenizer.EosId!.Value;
        TokenizedDocuments plain = TokenizedDocuments.FromTexts(["Hello<|end|>"], Tiny.Tokenizer, parseSpecial: false);
        TokenizedDocuments parsed = TokenizedDocuments.FromTexts(["Hello<|end|>", "Hello"], Tiny.Tokenizer, parseSpecial: true);

        Assert.Equal(begin, plain[0][0]);
        Assert.Equal(1, plain[0].Count(end));
        Assert.True(plain[0].Length > parsed[0].Length);
        Assert.Equal(parsed[0], parsed[1]);
        Assert.NotEqual(plain.Fingerprint, parsed.Fingerprint);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
