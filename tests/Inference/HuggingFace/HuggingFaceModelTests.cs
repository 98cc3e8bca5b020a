using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Quantization;
using KernelFoundry.Inference.Tests.Models;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.HuggingFace;

public class HuggingFaceModelTests
{
    private static readonly int[] s_tokens = [5, 260, 17, 261, 5, 99, 270, 3];

    [Theory]
    [InlineData(GgmlType.F32, 1, false)]
    [InlineData(GgmlType.F16, 1, true)]
    [InlineData(GgmlType.BF16, 3, false)]
    public void A_folder_gives_the_logits_of_its_makers_layout(GgmlType type, int shards, bool tied)
    {
        using var folder = new TinyFolder(type, shards, tied);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(folder.Path, device);

        Assert.InRange(Logits.Error(folder.Model.Oracle().Logits(s_tokens), Logits.Run(model, s_tokens)), 0, 1e-5);
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.BF16)]
    public void What_it_is_converted_to_gives_the_same_bits(GgmlType type)
    {
        using var folder = new TinyFolder(type);
        using Device device = TestDevices.Open("cpu-1");
        string path = folder.FilePath("converted.gguf");
        using (HuggingFaceModel source = HuggingFaceModel.Open(folder.Path))
            ModelQuantizer.Quantize(source.File, path, QuantizationRecipes.Find(type.ToString())!);
        using LanguageModel direct = LanguageModel.Open(folder.Path, device), converted = LanguageModel.Open(path, device);

        Assert.Equal(Logits.Run(direct, s_tokens), Logits.Run(converted, s_tokens));
        Assert.Equal(direct.Configuration, converted.Configuration);
        const string Text = "the quick  fox, ünïcode 12345";
        Assert.Equal(direct.Tokenizer.Encode(Text), converted.Tokenizer.Encode(Text));
        Assert.Equal(folder.Tokenizer.Encode(Text), converted.Tokenizer.Encode(Text));
        Assert.Equal((folder.Tokenizer.BosId, folder.Tokenizer.EosId), (converted.Tokenizer.BosId, converted.Tokenizer.EosId));
        Assert.Equal(["default"], converted.ChatTemplates.Names);
        Assert.Equal("[PAD270]", converted.Tokenizer.Decode([270]));
        Assert.Equal("[PAD270]", direct.Tokenizer.Decode([270]));
    }

    [Fact]
    public void Matrices_that_are_the_same_in_both_stay_where_they_are()
    {
        using var folder = new TinyFolder(GgmlType.BF16);
        using HuggingFaceModel model = HuggingFaceModel.Open(folder.Path);

        Assert.Equal("MappedPart", model.File.Tensors["blk.0.attn_v.weight"].Place.Part.GetType().Name);
        Assert.Equal("ComputedPart", model.File.Tensors["blk.0.attn_q.weight"].Place.Part.GetType().Name);
        Assert.Equal(GgmlType.F32, model.File.Tensors["blk.0.attn_norm.weight"].Type);
    }

    [Theory]
    [InlineData("architectures", "[\"NoSuchForCausalLM\"]", "NoSuchForCausalLM")]
    [InlineData("architectures", "[]", "LlamaForCausalLM")]
    [InlineData("hidden_act", "\"gelu\"", "'silu'")]
    [InlineData("rope_scaling", "{\"rope_type\": \"spiral\", \"factor\": 2}", "spiral")]
    [InlineData("rope_scaling", "{\"rope_type\": \"dynamic\", \"alpha\": 1000}", "1000")]
    [InlineData("hidden_size", "\"big\"", "hidden_size")]
    [InlineData("num_attention_heads", "0", "num_attention_heads")]
    [InlineData("num_attention_heads", "-4", "num_attention_heads")]
    [InlineData("num_attention_heads", "5", "heads")]
    [InlineData("max_position_embeddings", "null", "max_position_embeddings")]
    [InlineData("layer_types", "[\"full_attention\", \"sliding_attention\"]", "layer_types[1]")]
    [InlineData("no_rope_layers", "[1, 0]", "no_rope_layers[1]")]
    [InlineData("sliding_window_pattern", "4", "sliding_window_pattern")]
    public void A_configuration_that_cannot_be_is_refused_by_what_is_wrong(string field, string json, string named)
    {
        using var folder = new TinyFolder();
        folder.Config(field, json);
        using Device device = TestDevices.Open("cpu-1");
        Assert.Contains(named, Assert.Throws<InvalidModelException>(() => LanguageModel.Open(folder.Path, device).Dispose()).Message, StringComparison.Ordinal);
    }

    /// <summary>A path that is near what was meant.</summary>
    [Fact]
    public void A_folder_without_safetensors_and_one_file_of_a_folder_say_what_to_name()
    {
        using var folder = new TinyFolder();
        using Device device = TestDevices.Open("cpu-1");
        Assert.Contains("by the folder's path", Message(folder.FilePath("model.safetensors")), StringComparison.Ordinal);
        File.Delete(folder.FilePath("model.safetensors"));
        Assert.Contains("without safetensors", Message(folder.Path), StringComparison.Ordinal);

        string Message(string path) => Assert.Throws<InvalidModelException>(() => LanguageModel.Open(path, device).Dispose()).Message;
    }

    /// <summary>Up to the context, dynamic NTK is no scaling.</summary>
    [Fact]
    public void Dynamic_scaling_changes_nothing_up_to_the_context()
    {
        using var folder = new TinyFolder();
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel plain = LanguageModel.Open(folder.Path, device);
        folder.Config("rope_scaling", "{\"type\": \"dynamic\", \"factor\": 2}");
        using LanguageModel scaled = LanguageModel.Open(folder.Path, device);
        Assert.Equal(Logits.Run(plain, s_tokens), Logits.Run(scaled, s_tokens));
        Assert.Throws<ArgumentOutOfRangeException>(() => scaled.Transformer.CreateCache(scaled.Configuration.ContextLength + 1));
    }

    /// <summary>As a model is saved without the class that makes logits.</summary>
    [Fact]
    public void Names_may_lack_the_beginning_that_all_share()
    {
        using var folder = new TinyFolder();
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel whole = LanguageModel.Open(folder.Path, device);
        byte[] file = File.ReadAllBytes(folder.FilePath("model.safetensors"));
        int length = checked((int)BitConverter.ToInt64(file));
        string header = System.Text.Encoding.UTF8.GetString(file, 8, length), shorter = header.Replace("\"model.", "\"", StringComparison.Ordinal);
        Assert.NotEqual(header, shorter);
        System.Text.Encoding.UTF8.GetBytes(shorter.PadRight(header.Length)).CopyTo(file, 8);
        string other = folder.FilePath("other");
        Directory.CreateDirectory(other);
        foreach (string path in Directory.GetFiles(folder.Path))
            File.Copy(path, Path.Combine(other, Path.GetFileName(path)));
        File.WriteAllBytes(Path.Combine(other, "model.safetensors"), file);
        using LanguageModel bare = LanguageModel.Open(other, device);
        Assert.Equal(Logits.Run(whole, s_tokens), Logits.Run(bare, s_tokens));
    }

    [Theory]
    [InlineData("model.layers.0.self_attn.z_proj.weight", GgmlType.F32, "z_proj")]
    [InlineData("model.norm.weight", GgmlType.F32, "token_embd.weight")]
    public void A_tensor_that_no_rule_knows_or_that_is_missing_is_refused(string name, GgmlType type, string named)
    {
        using var folder = new TinyFolder();
        File.WriteAllBytes(folder.FilePath("model.safetensors"), TinyFolder.Safetensors([(name, TensorData.Encode(type, [6, 3], new float[18]))]));
        Assert.Contains(named, Assert.Throws<InvalidModelException>(() => HuggingFaceModel.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("absent.safetensors")]
    [InlineData("config.json")]
    public void An_index_reaches_nothing_outside_its_folder(string file)
    {
        using var folder = new TinyFolder();
        File.Delete(folder.FilePath("model.safetensors"));
        File.WriteAllText(folder.FilePath("model.safetensors.index.json"), $"{{\"weight_map\":{{\"a\":\"{file}\"}}}}");
        Assert.Contains(file, Assert.Throws<InvalidModelException>(() => HuggingFaceModel.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_with_more_tokens_than_the_model_has_rows_is_refused()
    {
        using var folder = new TinyFolder();
        using HuggingFaceModel model = HuggingFaceModel.Open(folder.Path);
        Assert.Equal(271, model.Tokenizer.VocabularySize);
        Assert.Throws<InvalidModelException>(() => VocabularyPadding.To(model.Tokenizer, 270, "m"));
    }
}
