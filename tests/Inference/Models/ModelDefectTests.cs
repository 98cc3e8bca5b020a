using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Models;

/// <summary>Files that parse but are no model: every one is refused with the field, what was found and what was expected.</summary>
public class ModelDefectTests
{
    [Theory]
    [InlineData("general.architecture", null, "absent", "a string")]
    [InlineData("general.architecture", "gpt5", "unsupported architecture 'gpt5'", "'llama'")]
    [InlineData("llama.block_count", null, "absent", "an unsigned integer")]
    [InlineData("llama.block_count", 0u, "0", "1 to")]
    [InlineData("llama.block_count", "two", "of type String", "integer")]
    [InlineData("llama.embedding_length", null, "absent", "an unsigned integer")]
    [InlineData("llama.embedding_length", uint.MaxValue, "4294967295", "1 to 2147483647")]
    [InlineData("llama.feed_forward_length", null, "absent", "an unsigned integer")]
    [InlineData("llama.context_length", null, "absent", "an unsigned integer")]
    [InlineData("llama.context_length", -5, "-5", "0 to")]
    [InlineData("llama.attention.head_count", null, "absent", "an unsigned integer")]
    [InlineData("llama.attention.head_count", 0u, "0", "1 to")]
    [InlineData("llama.attention.head_count_kv", 3u, "3", "a divisor of the number of heads, 4")]
    [InlineData("llama.attention.value_length", 16u, "16", "8, the length of a key")]
    [InlineData("llama.attention.key_length", 2000000000u, "4", "heads of 2000000000 elements")]
    [InlineData("llama.attention.layer_norm_rms_epsilon", null, "absent", "a float")]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.NaN, "NaN", "finite")]
    [InlineData("llama.attention.layer_norm_rms_epsilon", -1f, "-1", "above 0")]
    [InlineData("llama.rope.dimension_count", 7u, "7", "an even number")]
    [InlineData("llama.rope.dimension_count", 10u, "10", "up to the 8")]
    [InlineData("llama.rope.freq_base", 0f, "0", "above 0")]
    [InlineData("llama.rope.scaling.type", "su", "'su'", "'none', 'linear', 'yarn' or 'longrope'")]
    [InlineData("llama.rope.scaling.attn_factor", -1f, "-1", "above 0")]
    [InlineData("llama.attn_logit_softcapping", float.NaN, "NaN", "a finite number from 0 on")]
    [InlineData("llama.attention.scale", 0f, "0", "not 0")]
    [InlineData("llama.attention.sliding_window", uint.MaxValue, "4294967295", "1 to 2147483647")]
    [InlineData("llama.vocab_size", 5u, "5", "271, the number of tokens")]
    [InlineData("llama.expert_count", "many", "of type String", "integer")]
    [InlineData("tokenizer.ggml.tokens", null, "absent", "an array of strings")]
    [InlineData("tokenizer.ggml.model", "rwkv", "'rwkv'", "llama")]
    public void MetadataIsChecked(string key, object? value, string found, string expected)
    {
        var tiny = new TinyModel();
        (key.StartsWith("tokenizer", StringComparison.Ordinal) ? tiny.Vocabulary.Metadata : tiny.Metadata)[key] = value;
        if (key.EndsWith("value_length", StringComparison.Ordinal) || key.EndsWith("key_length", StringComparison.Ordinal))
            tiny.Metadata["llama.attention.value_length"] = value;
        InvalidModelException error = Refused(tiny);
        Assert.Contains(key.EndsWith("key_length", StringComparison.Ordinal) ? "head_count" : key, error.Field, StringComparison.Ordinal);
        Assert.Contains(found, error.Found, StringComparison.Ordinal);
        Assert.Contains(expected, error.Expected, StringComparison.Ordinal);
        Assert.Contains("tiny.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HeadsMustDivideTheEmbeddingWhereNoKeyLengthIsGiven()
    {
        var tiny = new TinyModel();
        tiny.Metadata["llama.attention.key_length"] = null;
        tiny.Metadata["llama.attention.value_length"] = null;
        tiny.Metadata["llama.attention.head_count"] = 5u;
        tiny.Metadata["llama.attention.head_count_kv"] = null;
        Assert.Contains("a divisor of the embedding length, 32", Refused(tiny).Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token_embd.weight")]
    [InlineData("output_norm.weight")]
    [InlineData("blk.0.attn_norm.weight")]
    [InlineData("blk.1.attn_q.weight")]
    [InlineData("blk.0.attn_k.weight")]
    [InlineData("blk.0.attn_v.weight")]
    [InlineData("blk.1.attn_output.weight")]
    [InlineData("blk.1.ffn_norm.weight")]
    [InlineData("blk.0.ffn_gate.weight")]
    [InlineData("blk.1.ffn_up.weight")]
    [InlineData("blk.0.ffn_down.weight")]
    public void EveryTensorMustBeThereWithItsShape(string name)
    {
        InvalidModelException missing = Refused(new TinyModel { Change = t => t.Remove(name) });
        Assert.Equal($"tensor '{name}'", missing.Field);
        Assert.Equal("absent", missing.Found);

        ulong[] dimensions = [.. new TinyModel().Tensors[name].Dimensions];
        string right = string.Join(", ", dimensions);
        dimensions[^1] += 1;
        var larger = TensorData.Encode(GgmlType.F32, dimensions, new float[dimensions.Aggregate(1UL, (a, b) => a * b)]);
        InvalidModelException shape = Refused(new TinyModel { Change = t => t[name] = larger });
        Assert.Equal($"tensor '{name}', its shape", shape.Field);
        Assert.Equal($"[{string.Join(", ", dimensions)}]", shape.Found);
        Assert.Equal($"[{right}]", shape.Expected);

        TensorData deeper = new TinyModel().Tensors[name];
        deeper = deeper with { Dimensions = [.. deeper.Dimensions, 1] };
        Assert.Equal($"tensor '{name}', its shape", Refused(new TinyModel { Change = t => t[name] = deeper }).Field);
    }

    [Fact]
    public void TensorsNobodyReadsAreRefused()
    {
        // A norm that were ignored would make another model of it.
        var norm = TensorData.Encode(GgmlType.F32, [8], new float[8]);
        InvalidModelException error = Refused(new TinyModel { Change = t => t["blk.0.attn_q_norm.weight"] = norm });
        Assert.Equal("tensor 'blk.0.attn_q_norm.weight', its name", error.Field);
        Assert.Contains("not used", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void TypesWithoutKernelsAreRefused()
    {
        TensorData weights = new TinyModel().Tensors["blk.0.attn_q.weight"];
        var doubles = weights with { Type = GgmlType.F64, Bytes = new byte[weights.Values.Length * 8] };
        InvalidModelException error = Refused(new TinyModel { Change = t => t["blk.0.attn_q.weight"] = doubles });
        Assert.Equal("F64", error.Found);
        Assert.Contains("F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, MXFP4", error.Expected, StringComparison.Ordinal);

        var halfNorm = TensorData.Encode(GgmlType.F16, [32], new float[32]);
        Assert.Equal("F16", Refused(new TinyModel { Change = t => t["output_norm.weight"] = halfNorm }).Found);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void NormsAreCheckedForNumbers(float value, string found)
    {
        var values = new float[32];
        values[5] = value;
        var norm = TensorData.Encode(GgmlType.F32, [32], values);
        InvalidModelException error = Refused(new TinyModel { Change = t => t["blk.1.ffn_norm.weight"] = norm });
        Assert.Equal("tensor 'blk.1.ffn_norm.weight', element 5", error.Field);
        Assert.Equal(found, error.Found);
    }

    [Fact]
    public void AnOutputProjectionIsNeededWhereTheArchitectureDoesNotTie()
    {
        var untied = new ModelArchitecture { Name = "u", AllowsTiedOutput = false };
        Assert.Equal("tensor 'output.weight'", Refused(new TinyModel(untied)).Field);
        using LanguageModel model = new TinyModel(untied) { Tied = false }.Open(Device.Reference);
        Assert.Same(untied, model.Configuration.Architecture);
    }

    [Fact]
    public void AHugeLayerCountIsFoundWithoutRoomForIt()
    {
        var tiny = new TinyModel();
        tiny.Metadata["llama.block_count"] = (uint)int.MaxValue;
        Assert.Equal("tensor 'blk.2.attn_norm.weight'", Refused(tiny).Field);
    }

    private static InvalidModelException Refused(TinyModel tiny) => Assert.Throws<InvalidModelException>(
        () => tiny.Open(Device.Reference).Dispose());
}
