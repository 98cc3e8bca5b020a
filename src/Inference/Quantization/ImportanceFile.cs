using System.Globalization;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Quantization;

/// <summary>
/// What the columns of weight matrices matter: for each the mean square of the activations it met while a text ran through the model. Read
/// from llama.cpp's importance matrices in GGUF: F32 tensors NAME.in_sum2 [columns, matrices], sums of squares, and NAME.counts [1,
/// matrices], the number of activations summed, where several matrices are the experts of one tensor.
/// </summary>
public sealed class ImportanceFile
{
    private const string Sums = ".in_sum2", Counts = ".counts";
    private readonly Dictionary<string, (long Columns, float[] Values)> _tensors = [];
    private readonly string _name;

    /// <summary>Reads a file; it may be closed afterwards.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidModelException">It is no importance matrix.</exception>
    public ImportanceFile(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _name = file.Name;
        foreach (GgufTensor sums in file.Tensors.Where(tensor => tensor.Name.EndsWith(Sums, StringComparison.Ordinal)))
        {
            string name = sums.Name[..^Sums.Length];
            _tensors.Add(name, (sums.Columns, Means(sums, file.Tensors[name + Counts])));
        }

        if (_tensors.Count == 0)
        {
            throw new InvalidModelException(
                _name, "the tensor list", "without importances", $"F32 tensors named NAME{Sums} and NAME{Counts}");
        }
    }

    /// <summary>Number of tensors it knows.</summary>
    public int Count => _tensors.Count;

    /// <summary>The importances of a tensor's columns, for each of its matrices; empty where the file does not know it.</summary>
    /// <exception cref="InvalidModelException">The file's tensor is for another shape.</exception>
    internal ReadOnlyMemory<float> Of(GgufTensor tensor)
    {
        if (!_tensors.TryGetValue(tensor.Name, out (long Columns, float[] Values) known))
            return default;
        long matrices = tensor.Dimension(2) * tensor.Dimension(3);
        return known.Columns == tensor.Columns && known.Values.Length == tensor.Columns * matrices
            ? known.Values
            : throw new InvalidModelException(_name, $"tensor {InvalidModelException.Quote(tensor.NameBytes)}",
                $"for {known.Values.Length / known.Columns} matrices of {known.Columns} columns",
                $"{matrices} of {tensor.Columns} as the model has");
    }

    private static float[] Means(GgufTensor sums, GgufTensor counts)
    {
        float[] values = Read(sums), seen = Read(counts);
        if (seen.Length != sums.Rows)
            throw counts.Error("its dimensions", $"{seen.Length} elements", $"{sums.Rows}, one a matrix of the sums");
        for (int i = 0; i < values.Length; i++)
        {
            float count = seen[i / sums.Columns];
            values[i] = count > 0 ? values[i] / count : 0;
        }

        return values;
    }

    private static float[] Read(GgufTensor tensor)
    {
        if (tensor.Type != GgmlType.F32)
            throw tensor.Error("its type", $"{tensor.Type}", $"{GgmlType.F32}");
        var values = new float[tensor.ElementCount];
        TensorCodecs.Of(GgmlType.F32).Decode(tensor.Data, values);
        int wrong = Array.FindIndex(values, value => !(float.IsFinite(value) && value >= 0));
        return wrong < 0 ? values
            : throw tensor.Error($"element {wrong}", values[wrong].ToString(CultureInfo.InvariantCulture), "a finite number, not negative");
    }
}
