using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

/// <summary>One broken vocabulary a case: the message must name the entry, what was found and what was expected.</summary>
public class VocabularyDefectTests
{
    [Theory]
    [InlineData("tokenizer.ggml.model", null, "absent", "a value")]
    [InlineData("tokenizer.ggml.model", "rwkv", "the unsupported tokenizer 'rwkv'", "llama")]
    [InlineData("tokenizer.ggml.model", 7, "of type Int32", "a string")]
    [InlineData("tokenizer.ggml.tokens", null, "absent", "an array of strings")]
    [InlineData("tokenizer.ggml.tokens", "text", "of type String", "an array of strings")]
    [InlineData("tokenizer.ggml.tokens", new string[0], "a vocabulary of 0 tokens", "1 to")]
    [InlineData("tokenizer.ggml.scores", null, "absent", "an array of floats")]
    [InlineData("tokenizer.ggml.scores", new[] { 1f, 2f }, "an array of 2 scores", "259")]
    [InlineData("tokenizer.ggml.scores", new[] { 1, 2 }, "an array of 2 Int32 values", "an array of floats")]
    [InlineData("tokenizer.ggml.token_type", null, "absent", "a value")]
    [InlineData("tokenizer.ggml.token_type", new[] { 1 }, "an array of 1 Int32 values", "259 integers")]
    [InlineData("tokenizer.ggml.token_type", 1, "of type Int32", "259 integers")]
    [InlineData("tokenizer.ggml.bos_token_id", 259u, "259", "0 to 258")]
    [InlineData("tokenizer.ggml.eos_token_id", -1, "-1", "0 to 258")]
    [InlineData("tokenizer.ggml.unknown_token_id", uint.MaxValue, "4294967295", "0 to 258")]
    [InlineData("tokenizer.ggml.unknown_token_id", "0", "of type String", "an integer")]
    [InlineData("tokenizer.ggml.add_space_prefix", 1, "of type Int32", "a boolean")]
    public void A_wrong_entry_is_named(string key, object? value, string found, string expected)
    {
        var error = Assert.Throws<InvalidModelException>(() => new TestVocabulary().With(key, value).Create());

        Assert.Equal(("test.gguf", $"metadata key '{key}'"), (error.File, error.Field));
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<0xZZ>")]
    [InlineData("<0x1>")]
    [InlineData("<0x 1>")]
    [InlineData("")]
    public void A_byte_token_without_a_byte_is_named(string text)
    {
        var vocabulary = new TestVocabulary().Add(text, 0, TokenType.Byte);

        var error = Assert.Throws<InvalidModelException>(vocabulary.Create);

        Assert.Contains($"'{text}' at index 259", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_out_of_range_is_named()
    {
        var vocabulary = new TestVocabulary();
        vocabulary.Types[100] = 7;

        var error = Assert.Throws<InvalidModelException>(vocabulary.Create);

        Assert.Equal(("metadata key 'tokenizer.ggml.token_type'", "7 at index 100", "0 to 6"), (error.Field, error.Found, error.Expected));
    }

    [Fact]
    public void A_score_that_is_not_a_number_is_named()
    {
        var vocabulary = new TestVocabulary();
        vocabulary.Scores[7] = float.NaN;

        Assert.Equal("NaN at index 7", Assert.Throws<InvalidModelException>(vocabulary.Create).Found);
    }

    [Fact]
    public void The_supported_models_are_listed() => Assert.Equal(["bert", "gpt2", "llama", "t5"], TokenizerFactory.SupportedModels);
}
