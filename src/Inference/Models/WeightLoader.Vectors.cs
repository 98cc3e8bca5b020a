using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <content>Vectors: norms, biases and what else is small.</content>
internal sealed partial class WeightLoader
{
    /// <summary>The weights of a norm, [length], with the bias that the architecture's kind of norm has.</summary>
    public NormWeights Norm(string name, int length) => new(
        Upload(Values(name + ".weight", length)), model.Architecture.Norm == NormKind.LayerNorm ? Upload(Values(name + ".bias", length)) : default);

    /// <summary>A bias of a matrix, [rows]; empty where the file has none and none is needed.</summary>
    /// <param name="isNeeded">Whether there must be one.</param>
    /// <param name="matrices">The tensors' names without their ending, and their rows: biases come one after the other, zeros for those that are missing.</param>
    public View1<float> Bias(bool isNeeded, params (string Name, int Rows)[] matrices)
    {
        if (!isNeeded && !matrices.Any(matrix => file.Tensors.TryGet(matrix.Name + ".bias", out _)))
            return default;
        return Upload([.. matrices.SelectMany(matrix =>
            isNeeded || file.Tensors.TryGet(matrix.Name + ".bias", out _) ? Values(matrix.Name + ".bias", matrix.Rows) : new float[matrix.Rows])]);
    }

    /// <summary>A vector as a matrix of one row, [1, columns].</summary>
    public WeightMatrix Row(string name, int columns)
    {
        View1<float> row = Vector(name + ".weight", columns);
        return new WeightMatrix<float>(default, new View2<float>(row.Memory!, row.ByteOffset, 1, columns), null, 1, columns);
    }

    /// <summary>The first row of a tensor of any number of rows, [columns].</summary>
    public View1<float> FirstRow(string name, int columns)
    {
        bool isMatrix = file.Tensors.TryGet(name + ".weight", out GgufTensor tensor) && tensor.Rank == 2 && tensor.Rows is > 0 and <= ushort.MaxValue;
        return Upload(isMatrix ? Values(name + ".weight", columns, (int)tensor.Rows)[..columns] : Values(name + ".weight", columns));
    }

    /// <summary>Biases of several matrices, [rows] each; none where they are not needed.</summary>
    public View1<float>[] Biases(string name, bool areNeeded, int rows, int matrices)
    {
        if (!areNeeded)
            return [];
        View1<float> all = Upload(Values(name + ".bias", rows, matrices));
        return [.. Enumerable.Range(0, matrices).Select(i => all.Slice(i * rows, rows))];
    }

    /// <summary>Numbers that are wanted on the host, [length]; null where the file has none.</summary>
    /// <param name="name">The tensor's whole name.</param>
    /// <param name="length">How many.</param>
    public float[]? HostValues(string name, int length) => file.Tensors.TryGet(name, out _) ? Values(name, length) : null;

    /// <summary>Numbers by their whole name, [length].</summary>
    public View1<float> Vector(string name, int length) => Upload(Values(name, length));

    // Vectors are small, so they are copied and checked; a NaN in a matrix shows in the logits.
    private float[] Values(string name, params ReadOnlySpan<int> shape)
    {
        GgufTensor tensor = Take(name, shape);
        int length = checked((int)tensor.ElementCount);
        if (tensor.Type != GgmlType.F32)
            throw tensor.Error("its type", $"{tensor.Type}", $"{GgmlType.F32}");
        var values = new float[length];
        Span<int> bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
        tensor.Read(0, MemoryMarshal.AsBytes(bits));
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(bits, bits);
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw tensor.Error($"element {i}", values[i].ToString(CultureInfo.InvariantCulture), "a finite number");
        }

        Count(tensor);
        return values;
    }

    private View1<float> Upload(float[] values)
    {
        View1<float> view = device.Upload<float>(values);
        _memories.Add(view.Memory!);
        return view;
    }
}
