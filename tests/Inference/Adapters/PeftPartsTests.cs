using System.Runtime.InteropServices;
using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.HuggingFace;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Adapters;

/// <summary>PEFT's adapters of tensors that GGUF has in parts, against a model whose numbers have the products added, as PEFT's code adds them.</summary>
public class PeftPartsTests
{
    private const int Rank = 3;
    private const float Alpha = 4, Scale = 0.75f;
    private readonly Random _random = new(11);
    private readonly SafetensorsBuilder _file = new();

    [Theory]
    [InlineData("deepseek2, V2-Lite", false)]
    [InlineData("deepseek2, V2-Lite", true)]
    [InlineData("deepseek2, V3", false)]
    public void KeysAndValuesOfLatentAttention(string name, bool merges)
    {
        Definition definition = Definitions.All[name];
        DrawnModel plain = new(definition), summed = new(definition);
        Latent latent = definition.Latent!;
        int rows = latent.Plain + latent.Value;
        var (a, b) = Pair("model.layers.1.self_attn.kv_b_proj", latent.Rank, definition.Heads * rows, 1);
        for (int head = 0; head < definition.Heads; head++)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < latent.Rank; column++)
                {
                    float sum = Delta(k => b[(((head * rows) + row) * Rank) + k], k => a[(k * latent.Rank) + column]);
                    if (row < latent.Plain)
                        summed.Tensors["blk.1.attn_k_b.weight"].Values[(((head * latent.Rank) + column) * latent.Plain) + row] += sum;
                    else
                        summed.Tensors["blk.1.attn_v_b.weight"].Values[(((head * latent.Value) + row - latent.Plain) * latent.Rank) + column] += sum;
                }
            }
        }

        Check(definition, plain, summed, merges);
    }

    // A module with two adapted tensors is wrapped twice.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ExpertsInOneTensor(bool merges)
    {
        Definition definition = Definitions.All["gpt-oss"];
        DrawnModel plain = new(definition), summed = new(definition);
        int experts = definition.Experts!.Count, length = definition.Experts.Length;
        const string Module = "model.layers.0.mlp.experts";
        var (upA, upB) = Pair(Module, definition.Embedding, 2 * length, experts);
        var (downA, downB) = Pair(Module + ".base_layer", length, definition.Embedding, experts);
        for (int expert = 0; expert < experts; expert++)
        {
            for (int output = 0; output < 2 * length; output++)
            {
                float[] values = summed.Tensors[output % 2 == 0 ? "blk.0.ffn_gate_exps.weight" : "blk.0.ffn_up_exps.weight"].Values;
                for (int input = 0; input < definition.Embedding; input++)
                    values[(((expert * length) + (output / 2)) * definition.Embedding) + input] += OfExpert(upA, upB, expert, experts, output, input, definition.Embedding);
            }

            for (int output = 0; output < definition.Embedding; output++)
            {
                for (int input = 0; input < length; input++)
                    summed.Tensors["blk.0.ffn_down_exps.weight"].Values[(((expert * definition.Embedding) + output) * length) + input] += OfExpert(downA, downB, expert, experts, output, input, length);
            }
        }

        Check(definition, plain, summed, merges);
    }

    [Theory]
    [InlineData("deepseek2, V2-Lite", "model.layers.0.self_attn.kv_b_proj", "kv_b_proj")]
    [InlineData("gpt-oss", "model.layers.0.mlp.experts", "mlp.experts")]
    public void OtherShapesAreRefused(string name, string module, string named)
    {
        Definition definition = Definitions.All[name];
        DrawnModel plain = new(definition);
        Pair(module, definition.Embedding + 1, 7, definition.Experts!.Count);
        Assert.Contains(named, Assert.Throws<InvalidModelException>(() => Check(definition, plain, plain, merges: false)).Message, StringComparison.Ordinal);
    }

    // A is [matrices * rank, inputs], B [outputs, rank * matrices].
    private (float[] A, float[] B) Pair(string module, int inputs, int outputs, int matrices)
    {
        float[] a = Numbers(matrices * Rank * inputs), b = Numbers(outputs * Rank * matrices);
        _file.Add($"base_model.model.{module}.lora_A.weight", "F32", [matrices * Rank, inputs], MemoryMarshal.AsBytes<float>(a).ToArray());
        _file.Add($"base_model.model.{module}.lora_B.weight", "F32", [outputs, Rank * matrices], MemoryMarshal.AsBytes<float>(b).ToArray());
        return (a, b);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => ((float)_random.NextDouble() - 0.5f) * 0.6f)];
    }

    private static float OfExpert(float[] a, float[] b, int expert, int experts, int output, int input, int inputs) =>
        Delta(k => b[(output * Rank * experts) + (k * experts) + expert], k => a[(((expert * Rank) + k) * inputs) + input]);

    private static float Delta(Func<int, double> b, Func<int, double> a) => (float)(Scale * Alpha / Rank * Enumerable.Range(0, Rank).Sum(k => b(k) * a(k)));

    private void Check(Definition definition, DrawnModel plain, DrawnModel summed, bool merges)
    {
        using var folder = new ArchitectureFolder(definition, plain);
        using var adapter = new TemporaryFolder();
        File.WriteAllText(adapter.File("adapter_config.json"), $"{{\"peft_type\": \"LORA\", \"r\": {Rank}, \"lora_alpha\": {Alpha}, \"bias\": \"none\"}}");
        File.WriteAllBytes(adapter.File("adapter_model.safetensors"), _file.Build());
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(folder.Path, device, new ModelOptions { Adapters = [new AdapterReference(adapter.Path, Scale)], MergesAdapters = merges });
        int[] tokens = ArchitectureTests.Tokens(plain, 23);
        float[][] found = Logits.Run(model, tokens);
        Assert.InRange(Logits.Error(new ReferenceDecoder(definition, summed).Logits(tokens), found), 0, 2e-5);
        Assert.True(Logits.Error(new ReferenceDecoder(definition, plain).Logits(tokens), found) > 0.01, "The adapter changes nothing.");
    }
}
