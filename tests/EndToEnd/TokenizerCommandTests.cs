using System.Text.Json;

namespace KernelFoundry.EndToEnd.Tests;

public class TokenizerCommandTests
{
    private const string Text = "the cat sat on the mat, the other cat sat on another mat";

    [Theory]
    [InlineData("bpe", "json")]
    [InlineData("bpe", "gguf")]
    [InlineData("unigram", "json")]
    [InlineData("unigram", "gguf")]
    public void A_trained_tokenizer_is_written_and_read(string model, string extension)
    {
        string folder = Directory.CreateTempSubdirectory("kernelfoundry-").FullName;
        try
        {
            string data = Path.Combine(folder, "data.txt"), file = Path.Combine(folder, "tokenizer." + extension);
            File.WriteAllText(data, string.Join('\n', Enumerable.Repeat(Text, 20)));

            Kf train = Kf.Run("tokenizer", "train", "--data", data, "--vocab", "290", "--model", model, "--out", file, "--json");
            Assert.Equal("", train.Error);
            Assert.InRange(train.Json.GetProperty("vocabulary_size").GetInt32(), 257, 290);

            JsonElement json = Kf.Run("tokenize", "--model", file, "--text", Text, "--offsets", "--json").Json;
            string ids = string.Join(",", json.GetProperty("tokens").EnumerateArray());
            Assert.Equal(ids, Kf.Run("tokenize", "--model", file, "--text", Text).Output.Trim());
            Assert.Equal(Text, Kf.Run("tokenize", "--model", file, "--ids", ids).Output.TrimEnd('\n'));
            Assert.Equal(Text.Length, json.GetProperty("offsets").EnumerateArray().Last()[1].GetInt32());

            JsonElement bench = Kf.Run("tokenizer", "bench", "--model", file, "--file", data, "--rounds", "1", "--json").Json;
            Assert.True(bench.GetProperty("encode_megabytes_per_second").GetDouble() > 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("--vocab 100 --out x.json", "no room")]
    [InlineData("--vocab 300 --out x.txt", ".json or .gguf")]
    [InlineData("--vocab 300 --out x.json --pre no-such", "no-such")]
    [InlineData("--vocab 300 --out x.json --bos <s>", "none of the special tokens")]
    public void Wrong_usage_is_said(string options, string expected)
    {
        Kf run = Kf.Run(["tokenizer", "train", "--data", typeof(TokenizerCommandTests).Assembly.Location + ".none", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
