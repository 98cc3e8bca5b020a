using System.Globalization;
using System.Runtime.InteropServices;
using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Architectures;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.HuggingFace;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Adapters;

/// <summary>Adapters of experts' matrices, of token embeddings and of the output projection, against a model whose numbers have the products added.</summary>
public class ExpertAdapterTests
{
    private const int Rank = 3;
    private const float Alpha = 4, Scale = 0.75f;

    private static readonly Definition s_mixture = Definitions.All["llama, experts (Mixtral)"];

    private static readonly string[] s_targets = ["blk.0.ffn_gate_exps", "blk.1.ffn_up_exps", "blk.0.ffn_down_exps", "blk.1.ffn_gate_inp", "blk.0.attn_q", "token_embd", "output"];

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void LogitsAreThoseOfTheSum(bool merges, bool isOlder, bool isTied)
    {
        Definition definition = s_mixture with { IsOlder = isOlder, Tied = isTied };
        using var folder = new TemporaryFolder();
        DrawnModel plain = new(definition), summed = new(definition);
        File.WriteAllBytes(folder.File("a.gguf"), Gguf(Draw(plain, isTied)));
        double[][] expected = Expected(definition, plain, summed, isTied);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(new GgufFile(plain.Build(), "m"), device, new ModelOptions
        {
            Adapters = [new AdapterReference(folder.File("a.gguf"), Scale)],
            MergesAdapters = merges,
        });
        int[] tokens = ArchitectureTests.Tokens(plain, 23);
        foreach (int piece in new[] { tokens.Length, 1, 7 })
            Assert.InRange(Logits.Error(expected, Logits.Run(model, tokens, piece)), 0, 2e-5);
        Assert.True(Logits.Error(new ReferenceDecoder(definition, plain).Logits(tokens), Logits.Run(model, tokens)) > 0.05, "The adapter changes nothing.");
        if (merges)
            return;
        model.Adapters[0].Scale = 0;
        Assert.InRange(Logits.Error(new ReferenceDecoder(definition, plain).Logits(tokens), Logits.Run(model, tokens)), 0, 2e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnAdapterOfPeftHasAPairForEachExpert(bool merges)
    {
        DrawnModel plain = new(s_mixture), summed = new(s_mixture);
        using var folder = new ArchitectureFolder(s_mixture, plain);
        using var adapter = new TemporaryFolder();
        File.WriteAllText(adapter.File("adapter_config.json"), $"{{\"peft_type\": \"LORA\", \"r\": {Rank}, \"lora_alpha\": {Alpha}, \"bias\": \"none\"}}");
        File.WriteAllBytes(adapter.File("adapter_model.safetensors"), Peft(Draw(plain, false)));
        double[][] expected = Expected(s_mixture, plain, summed, false);
        using Device device = TestDevices.Open("cpu-2");
        using LanguageModel model = LanguageModel.Open(folder.Path, device, new ModelOptions { Adapters = [new AdapterReference(adapter.Path, Scale)], MergesAdapters = merges });
        Assert.InRange(Logits.Error(expected, Logits.Run(model, ArchitectureTests.Tokens(plain, 23))), 0, 2e-5);
    }

    [Fact]
    public void ATensorThatIsNotMultipliedIsRefused()
    {
        Definition definition = Definitions.All["gpt2"];
        var drawn = new DrawnModel(definition);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.gguf"), Gguf(new() { ["position_embd"] = (new float[Rank * 64], new float[64 * Rank], 64, 64, 1) }, "gpt2"));
        using Device device = TestDevices.Open("cpu-1");
        var options = new ModelOptions { Adapters = [new AdapterReference(folder.File("a.gguf"))] };
        string message = Assert.Throws<InvalidModelException>(() => LanguageModel.Open(new GgufFile(drawn.Build(), "m"), device, options).Dispose()).Message;
        Assert.Contains("position_embd.weight", message, StringComparison.Ordinal);
    }

    // A [matrices, rank, columns] and B [matrices, rows, rank], by the name without its ending.
    private static Dictionary<string, (float[] A, float[] B, int Rows, int Columns, int Matrices)> Draw(DrawnModel model, bool isTied)
    {
        var random = new Random(11);
        var drawn = new Dictionary<string, (float[] A, float[] B, int Rows, int Columns, int Matrices)>();
        foreach (string target in s_targets)
        {
            long[] dimensions = model.Tensors[(isTied && target == "output" ? "token_embd" : target) + ".weight"].Dimensions;
            int columns = (int)dimensions[0], rows = (int)dimensions[1], matrices = dimensions.Length == 3 ? (int)dimensions[2] : 1;
            float size = target == "token_embd" ? 2 : 0.4f;
            drawn[target] = (Numbers(matrices * Rank * columns, size), Numbers(matrices * rows * Rank, 0.4f), rows, columns, matrices);
        }

        return drawn;

        float[] Numbers(int count, float size) => [.. Enumerable.Range(0, count).Select(_ => ((float)random.NextDouble() - 0.5f) * size)];
    }

    // What makes logits of tied embeddings is not what is looked up, once one of the two is adapted.
    private static double[][] Expected(Definition definition, DrawnModel plain, DrawnModel summed, bool isTied)
    {
        if (isTied)
            summed.Tensors["output.weight"] = ([.. plain.Tensors["token_embd.weight"].Values], plain.Tensors["token_embd.weight"].Dimensions);
        foreach (var (name, (a, b, rows, columns, matrices)) in Draw(plain, isTied))
        {
            float[] values = summed.Tensors[name + ".weight"].Values;
            for (int row = 0; row < matrices * rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double sum = Enumerable.Range(0, Rank).Sum(k => (double)b[(row * Rank) + k] * a[(((row / rows * Rank) + k) * columns) + column]);
                    values[(row * columns) + column] += (float)(Scale * Alpha / Rank * sum);
                }
            }
        }

        return new ReferenceDecoder(definition with { Tied = false }, summed).Logits(ArchitectureTests.Tokens(plain, 23));
    }

    // As llama.cpp has them: what is looked up is A, turned.
    private static byte[] Gguf(Dictionary<string, (float[] A, float[] B, int Rows, int Columns, int Matrices)> matrices, string architecture = "llama")
    {
        GgufBuilder builder = new GgufBuilder().Add("general.type", "adapter").Add("general.architecture", architecture).Add("adapter.type", "lora").Add("adapter.lora.alpha", Alpha);
        foreach (var (name, (a, b, rows, columns, count)) in matrices)
        {
            ulong[] stack = count > 1 ? [(ulong)count] : [];
            if (name == "token_embd")
            {
                builder.AddTensor(name + ".weight.lora_a", GgmlType.F32, [Rank, (ulong)rows], Bytes(b));
                builder.AddTensor(name + ".weight.lora_b", GgmlType.F32, [Rank, (ulong)columns], Bytes(Turned(a, Rank, columns)));
                continue;
            }

            builder.AddTensor(name + ".weight.lora_a", GgmlType.F32, [(ulong)columns, Rank, .. stack], Bytes(a));
            builder.AddTensor(name + ".weight.lora_b", GgmlType.F32, [Rank, (ulong)rows, .. stack], Bytes(b));
        }

        return builder.Build();
    }

    private static byte[] Peft(Dictionary<string, (float[] A, float[] B, int Rows, int Columns, int Matrices)> matrices)
    {
        var builder = new SafetensorsBuilder();
        foreach (var (name, (a, b, rows, columns, count)) in matrices)
        {
            string at = name.StartsWith("blk.", StringComparison.Ordinal) ? $"base_model.model.model.layers.{name[4]}." : "base_model.model.";
            string own = name[(name.LastIndexOf('.') + 1)..] switch
            {
                "ffn_gate_exps" => "block_sparse_moe.experts.{0}.w1",
                "ffn_up_exps" => "block_sparse_moe.experts.{0}.w3",
                "ffn_down_exps" => "block_sparse_moe.experts.{0}.w2",
                "ffn_gate_inp" => "block_sparse_moe.gate",
                "attn_q" => "self_attn.q_proj",
                "token_embd" => "model.embed_tokens",
                _ => "lm_head",
            };
            if (name == "token_embd")
            {
                builder.Add($"{at}{own}.lora_embedding_A", "F32", [Rank, rows], Bytes(Turned(b, rows, Rank)));
                builder.Add($"{at}{own}.lora_embedding_B", "F32", [columns, Rank], Bytes(Turned(a, Rank, columns)));
                continue;
            }

            for (int i = 0; i < count; i++)
            {
                string module = at + string.Format(CultureInfo.InvariantCulture, own, i);
                float[] rowsOfB = b[(i * rows * Rank)..((i + 1) * rows * Rank)];
                builder.Add(module + ".lora_A.weight", "F32", [Rank, columns], Bytes(a[(i * Rank * columns)..((i + 1) * Rank * columns)]));
                builder.Add(module + ".lora_B.weight", "F32", [rows, Rank], Bytes(name.EndsWith("attn_q", StringComparison.Ordinal) ? HalvesApart(rowsOfB, rows / s_mixture.Heads) : rowsOfB));
            }
        }

        return builder.Build();
    }

    // Rows of rotary pairs are neighbours in GGUF, and half a head apart in folders.
    private static float[] HalvesApart(float[] b, int headDim) => [.. b.Chunk(Rank).Chunk(headDim).SelectMany(head => head.Where((_, i) => i % 2 == 0).Concat(head.Where((_, i) => i % 2 == 1))).SelectMany(row => row)];

    private static float[] Turned(float[] values, int rows, int columns) => [.. Enumerable.Range(0, columns).SelectMany(column => Enumerable.Range(0, rows).Select(row => values[(row * columns) + column]))];

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
