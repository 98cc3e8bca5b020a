using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.HuggingFace;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Adapters;

public class LoraAdapterTests
{
    private static readonly int[] s_tokens = [5, 260, 17, 261, 5, 99, 270, 3];

    private static readonly string[] s_targets =
        ["blk.0.attn_q.weight", "blk.0.attn_v.weight", "blk.1.attn_k.weight", "blk.1.attn_output.weight", "blk.0.ffn_gate.weight", "blk.1.ffn_up.weight", "blk.0.ffn_down.weight", "output.weight"];

    [Theory]
    [InlineData(GgmlType.F32, GgmlType.F32, false, 1e-5)]
    [InlineData(GgmlType.F32, GgmlType.F32, true, 1e-5)]
    [InlineData(GgmlType.F16, GgmlType.F16, false, 1e-3)]
    [InlineData(GgmlType.BF16, GgmlType.F32, true, 1e-2)]
    [InlineData(GgmlType.Q8_0, GgmlType.F32, false, 1e-4)]
    [InlineData(GgmlType.Q8_0, GgmlType.F32, true, 5e-3)]
    public void Logits_are_those_of_the_sum_for_two_adapters_with_scales(GgmlType weights, GgmlType type, bool merges, double most)
    {
        using var folder = new TemporaryFolder();
        var plain = Model(weights);
        var first = new DrawnAdapter(plain, 1, 3, 6, s_targets);
        var second = new DrawnAdapter(plain, 2, 5, 2, s_targets[..4]);
        File.WriteAllBytes(folder.File("1.gguf"), first.Gguf(type));
        File.WriteAllBytes(folder.File("2.gguf"), second.Gguf(type));
        var summed = Model(weights, tensors =>
        {
            first.AddTo(tensors, 1);
            second.AddTo(tensors, -0.5);
        });
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = plain.Open(device, new ModelOptions
        {
            Adapters = [new AdapterReference(folder.File("1.gguf")), new AdapterReference(folder.File("2.gguf"), -0.5f)],
            MergesAdapters = merges,
            Activations = ActivationRounding.None,
        });

        double[][] expected = summed.Oracle().Logits(s_tokens);
        Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens)), 0, most);
        Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens, piece: 1)), 0, most);
        Assert.True(Logits.Error(plain.Oracle().Logits(s_tokens), Logits.Run(model, s_tokens)) > 0.05, "The adapters change nothing.");
    }

    [Fact]
    public void Scales_switch_adapters_without_opening_the_model_again()
    {
        using var folder = new TemporaryFolder();
        var plain = Model(GgmlType.F32);
        var drawn = new DrawnAdapter(plain, 1, 4, 4, s_targets);
        File.WriteAllBytes(folder.File("a.gguf"), drawn.Gguf());
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel without = plain.Open(device), model = plain.Open(device, new ModelOptions { Adapters = [new AdapterReference(folder.File("a.gguf"), 0)] });

        Assert.Equal(Logits.Run(without, s_tokens), Logits.Run(model, s_tokens));
        foreach (float scale in new[] { 1f, 0.25f, 2f })
        {
            model.Adapters[0].Scale = scale;
            double[][] expected = Model(GgmlType.F32, tensors => drawn.AddTo(tensors, scale)).Oracle().Logits(s_tokens);
            Assert.InRange(Logits.Error(expected, Logits.Run(model, s_tokens)), 0, 1e-5);
        }

        model.Adapters[0].Scale = 0;
        Assert.Equal(Logits.Run(without, s_tokens), Logits.Run(model, s_tokens));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Adapters[0].Scale = float.NaN);
    }

    [Fact]
    public void A_merged_adapter_cannot_be_changed()
    {
        using var folder = new TemporaryFolder();
        var plain = Model(GgmlType.F32);
        File.WriteAllBytes(folder.File("a.gguf"), new DrawnAdapter(plain, 1, 4, 4, s_targets).Gguf());
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = plain.Open(device, new ModelOptions { Adapters = [new AdapterReference(folder.File("a.gguf"))], MergesAdapters = true });
        Assert.Throws<InvalidOperationException>(() => model.Adapters[0].Scale = 0);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void An_adapter_of_PEFT_moves_its_rows_as_the_weights_move(bool merges, bool byRoot)
    {
        using var folder = new TinyFolder();
        using var adapter = new TemporaryFolder();
        var drawn = new DrawnAdapter(folder.Model, 3, 4, 8, s_targets[..^1]);
        WritePeft(adapter, drawn, byRoot);
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = LanguageModel.Open(folder.Path, device, new ModelOptions { Adapters = [new AdapterReference(adapter.Path)], MergesAdapters = merges });

        // Rank-stabilized: alpha / sqrt(rank).
        var summed = new TinyModel(folder.Model.Architecture) { Tied = false, Change = tensors => drawn.AddTo(tensors, byRoot ? Math.Sqrt(drawn.Rank) : 1) };
        Assert.InRange(Logits.Error(summed.Oracle().Logits(s_tokens), Logits.Run(model, s_tokens)), 0, 1e-5);
    }

    [Theory]
    [InlineData("\"bias\": \"none\"", "\"use_dora\": true", "use_dora")]
    [InlineData("\"bias\": \"none\"", "\"bias\": \"all\"", "bias")]
    [InlineData("\"modules_to_save\": null", "\"modules_to_save\": [\"lm_head\"]", "modules_to_save")]
    [InlineData("\"modules_to_save\": null", "\"alpha_pattern\": {\"q_proj\": 4}", "alpha_pattern")]
    [InlineData("\"LORA\"", "\"IA3\"", "peft_type")]
    public void What_is_not_built_of_PEFT_is_refused_by_name(string entry, string other, string named)
    {
        using var folder = new TinyFolder();
        using var adapter = new TemporaryFolder();
        WritePeft(adapter, new DrawnAdapter(folder.Model, 3, 4, 8, s_targets[0]), false);
        string path = adapter.File("adapter_config.json"), config = File.ReadAllText(path);
        File.WriteAllText(path, config.Replace(entry, other, StringComparison.Ordinal));
        using Device device = TestDevices.Open("cpu-1");
        Assert.Contains(named, Refused(folder.Path, adapter.Path, device).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        var plain = Model(GgmlType.F32);
        File.WriteAllBytes(folder.File("m.gguf"), plain.Build());
        using Device device = TestDevices.Open("cpu-1");

        File.WriteAllBytes(folder.File("a.gguf"), new DrawnAdapter(plain, 1, 4, 4, s_targets).Gguf(architecture: "qwen2"));
        Assert.Contains("'llama'", Refused(folder.File("m.gguf"), folder.File("a.gguf"), device).Message, StringComparison.Ordinal);

        var wider = new TinyModel { Embedding = 64, HeadDim = 16 };
        File.WriteAllBytes(folder.File("a.gguf"), new DrawnAdapter(wider, 1, 4, 4, "blk.0.attn_q.weight").Gguf());
        Assert.Contains("[64, 64]", Refused(folder.File("m.gguf"), folder.File("a.gguf"), device).Message, StringComparison.Ordinal);

        File.WriteAllBytes(folder.File("a.gguf"), plain.Build());
        Assert.Contains("general.type", Refused(folder.File("m.gguf"), folder.File("a.gguf"), device).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_half_of_a_pair_is_refused()
    {
        using var folder = new TemporaryFolder();
        var plain = Model(GgmlType.F32);
        File.WriteAllBytes(folder.File("m.gguf"), plain.Build());
        File.WriteAllBytes(folder.File("a.gguf"), new GgufBuilder().Add("general.type", "adapter").Add("general.architecture", "llama").Add("adapter.type", "lora")
            .AddTensor("blk.0.attn_q.weight.lora_a", GgmlType.F32, [32, 2], new byte[256]).Build());
        using Device device = TestDevices.Open("cpu-1");
        Assert.Contains("blk.0.attn_q.weight.lora_b", Refused(folder.File("m.gguf"), folder.File("a.gguf"), device).Message, StringComparison.Ordinal);
    }

    private static TinyModel Model(GgmlType type, Action<Dictionary<string, TensorData>>? change = null) => new() { Type = type, Tied = false, Change = change };

    private static InvalidModelException Refused(string model, string adapter, Device device) =>
        Assert.Throws<InvalidModelException>(() => LanguageModel.Open(model, device, new ModelOptions { Adapters = [new AdapterReference(adapter)] }).Dispose());

    private static void WritePeft(TemporaryFolder folder, DrawnAdapter drawn, bool byRoot)
    {
        File.WriteAllText(folder.File("adapter_config.json"),
            $"{{\"peft_type\": \"LORA\", \"r\": {drawn.Rank}, \"lora_alpha\": {drawn.Alpha}, \"bias\": \"none\", \"modules_to_save\": null, \"use_rslora\": {(byRoot ? "true" : "false")}}}");
        File.WriteAllBytes(folder.File("adapter_model.safetensors"), TinyFolder.Safetensors(drawn.Matrices.SelectMany(matrix =>
        {
            string name = "base_model.model." + TinyFolder.Name(matrix.Name)[..^".weight".Length];
            return new[]
            {
                (name + ".lora_A.weight", TensorData.Encode(GgmlType.F32, [(ulong)matrix.Columns, (ulong)drawn.Rank], matrix.A)),
                (name + ".lora_B.weight", TensorData.Encode(GgmlType.F32, [(ulong)drawn.Rank, (ulong)matrix.Rows], matrix.B)),
            };
        })));
    }
}
