using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tests.Formats;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Adapters;

/// <summary>Drawn low-rank matrices for some of a tiny model's, and what they add.</summary>
internal sealed class DrawnAdapter
{
    private readonly Dictionary<string, (float[] A, float[] B, int Rows, int Columns)> _matrices = [];

    public DrawnAdapter(TinyModel model, int seed, int rank, float alpha, params string[] tensors)
    {
        (Rank, Alpha) = (rank, alpha);
        var random = new Random(seed);
        foreach (string name in tensors)
        {
            TensorData tensor = model.Tensors[name];
            int columns = (int)tensor.Dimensions[0], rows = (int)tensor.Dimensions[1];
            _matrices[name] = (Draw(rank * columns), Draw(rows * rank), rows, columns);
        }

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => ((float)random.NextDouble() - 0.5f) / 2)];
    }

    public int Rank { get; }

    public float Alpha { get; }

    public float Scale => Alpha / Rank;

    public IEnumerable<(string Name, float[] A, float[] B, int Rows, int Columns)> Matrices =>
        _matrices.Select(entry => (entry.Key, entry.Value.A, entry.Value.B, entry.Value.Rows, entry.Value.Columns));

    /// <summary>The file as llama.cpp has it.</summary>
    public byte[] Gguf(GgmlType type = GgmlType.F32, string architecture = "llama")
    {
        GgufBuilder builder = new GgufBuilder().Add("general.type", "adapter").Add("general.architecture", architecture).Add("adapter.type", "lora").Add("adapter.lora.alpha", Alpha);
        foreach (var (name, a, b, rows, columns) in Matrices)
        {
            builder.AddTensor(name + ".lora_a", type, [(ulong)columns, (ulong)Rank], TensorData.Encode(type, [(ulong)columns, (ulong)Rank], a).Bytes);
            builder.AddTensor(name + ".lora_b", type, [(ulong)Rank, (ulong)rows], TensorData.Encode(type, [(ulong)Rank, (ulong)rows], b).Bytes);
        }

        return builder.Build();
    }

    /// <summary>Adds the products to a model's numbers.</summary>
    public void AddTo(Dictionary<string, TensorData> tensors, double scale)
    {
        foreach (var (name, a, b, rows, columns) in Matrices)
        {
            double[] values = [.. tensors[name].Values];
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                    values[(row * columns) + column] += scale * Scale * Enumerable.Range(0, Rank).Sum(k => (double)b[(row * Rank) + k] * a[(k * columns) + column]);
            }

            tensors[name] = tensors[name] with { Values = values };
        }
    }
}
