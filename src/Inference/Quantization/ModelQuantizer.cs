using System.Globalization;
using System.Runtime.ExceptionServices;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Quantization;

/// <summary>
/// Writes a model again with weights in fewer bits. Matrices get the types of a recipe; vectors, and matrices that are no weights of a
/// product, stay as they are, as does all metadata but what says how the file is quantized.
/// </summary>
public static class ModelQuantizer
{
    // Of the scales' layout: what ggml calls version 2.
    private const uint QuantizationVersion = 2;
    private const long ChunkElements = 1 << 22;

    // Tensors of two axes that choose, shift or convolve, and lose more than they save.
    private static readonly string[] s_kept = ["_norm.weight", "ffn_gate_inp", "position_embd", "token_types", "rope_freqs", "conv1d"];

    /// <summary>
    /// Writes <paramref name="source"/> to a file by a recipe, weight by weight, in little memory. The file appears when it is whole: until
    /// then it has another name in the same folder, and is deleted if anything goes wrong.
    /// </summary>
    /// <param name="source">The model.</param>
    /// <param name="path">The file to write; one that is there already is replaced.</param>
    /// <param name="recipe">Which type each weight gets.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Looked at every few million elements.</param>
    /// <returns>What became of each tensor.</returns>
    /// <exception cref="InvalidModelException">
    /// A weight is quantized already in another type, of a type that cannot be read, or not finite; or the importance is another model's.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static IReadOnlyList<QuantizedTensor> Quantize(
        GgufFile source,
        string path,
        QuantizationRecipe recipe,
        QuantizationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(recipe);
        options ??= new QuantizationOptions();
        var model = new QuantizedModel(source, options.Importance is not null);
        QuantizedTensor[] plan = [.. source.Tensors.Select(tensor => Plan(tensor, model, recipe))];
        var writer = new GgufWriter(source.Alignment);
        writer.Copy(source.Metadata);
        writer.Set("general.file_type", recipe.FileType);
        writer.Set("general.quantization_version", QuantizationVersion);
        for (int i = 0; i < plan.Length; i++)
        {
            GgufTensor tensor = source.Tensors[i];
            writer.AddTensor(plan[i].Name, [.. Enumerable.Range(0, tensor.Rank).Select(tensor.Dimension)], plan[i].To);
        }

        var work = new Work(options, Math.Max(1, plan.Sum(tensor => tensor.Elements)), cancellationToken);
        AtomicFile.Write(path, stream => writer.Write(stream, (i, output) => work.Write(source.Tensors[i], plan[i].To, output)));
        return plan;
    }

    private static QuantizedTensor Plan(GgufTensor tensor, QuantizedModel model, QuantizationRecipe recipe)
    {
        string name = tensor.Name;
        GgmlType to = IsWeight(tensor, name) ? recipe.TypeOf(model.PlaceOf(name), tensor.Columns) : tensor.Type;
        if (to != tensor.Type)
        {
            TensorCodec from = TensorCodecs.TryGet(tensor.Type)
                ?? throw tensor.Error("its type", $"{tensor.Type}", "a type whose elements can be read");
            if (from.IsQuantized && TensorCodecs.Of(to).IsQuantized)
            {
                throw tensor.Error("its type", $"{tensor.Type} and would become {to}",
                    "F32, F16 or BF16, since weights quantized twice lose more than once; start from the original model");
            }
        }

        long bytes = tensor.ElementCount / GgmlTypeLayout.Of(to).BlockSize * GgmlTypeLayout.Of(to).BlockBytes;
        return new QuantizedTensor(name, tensor.Type, to, tensor.ElementCount, bytes);
    }

    private static bool IsWeight(GgufTensor tensor, string name) =>
        tensor.Rank >= 2 && name.EndsWith(".weight", StringComparison.Ordinal)
        && !s_kept.Any(kept => name.Contains(kept, StringComparison.Ordinal));

    private sealed class Work(QuantizationOptions options, long elements, CancellationToken cancellationToken)
    {
        private readonly ParallelOptions _parallel =
            new() { MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };

        private long _done;

        public void Write(GgufTensor tensor, GgmlType to, Stream output)
        {
            TensorCodec? from = to == tensor.Type ? null : TensorCodecs.Of(tensor.Type);
            ReadOnlyMemory<float> importance = options.Importance?.Of(tensor) ?? default;
            long rowBytes = tensor.ElementCount / tensor.Rows / GgmlTypeLayout.Of(to).BlockSize * GgmlTypeLayout.Of(to).BlockBytes;
            int chunk = (int)Math.Clamp(ChunkElements / tensor.Columns, 1, tensor.Rows);
            byte[] bytes = from is null ? [] : new byte[chunk * rowBytes];
            for (long first = 0; first < tensor.Rows; first += chunk)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int rows = (int)Math.Min(chunk, tensor.Rows - first);
                if (from is null)
                {
                    output.Write(tensor.Slice(first * rowBytes, checked((int)(rows * rowBytes))));
                }
                else
                {
                    Convert(tensor, from, TensorCodecs.Of(to), importance, first, rows, bytes);
                    output.Write(bytes.AsSpan(0, (int)(rows * rowBytes)));
                }

                _done += rows * tensor.Columns;
                options.Progress?.Report((double)_done / elements);
            }

            tensor.Release();
        }

        private void Convert(
            GgufTensor tensor, TensorCodec from, TensorCodec to, ReadOnlyMemory<float> importance, long first, int rows, byte[] bytes)
        {
            int columns = checked((int)tensor.Columns), rowBytes = (int)to.RowBytes(columns);
            try
            {
                Parallel.For(0, rows, _parallel, () => new float[columns], (row, _, values) =>
                {
                    from.Decode(tensor.Slice((first + row) * tensor.RowBytes, (int)tensor.RowBytes), values);
                    Check(tensor, to, values, first + row);
                    int matrix = (int)((first + row) / tensor.Dimension(1));
                    ReadOnlySpan<float> weights = importance.IsEmpty ? [] : importance.Span.Slice(matrix * columns, columns);
                    to.Encode(values, weights, bytes.AsSpan(row * rowBytes, rowBytes));
                    return values;
                }, _ => { });
            }
            catch (AggregateException errors)
            {
                ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            }
        }

        private static void Check(GgufTensor tensor, TensorCodec to, ReadOnlySpan<float> values, long row)
        {
            float largest = to.Type == GgmlType.F16 ? (float)Half.MaxValue : float.MaxValue;
            for (int i = 0; i < values.Length; i++)
            {
                if (!(MathF.Abs(values[i]) <= largest))
                {
                    throw tensor.Error($"element {i} of row {row}", values[i].ToString(CultureInfo.InvariantCulture),
                        to.Type == GgmlType.F16 && float.IsFinite(values[i]) ? "a number that F16 can hold" : "a finite number");
                }
            }
        }
    }
}
