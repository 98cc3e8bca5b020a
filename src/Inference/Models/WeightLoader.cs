using System.Buffers.Binary;
using System.Globalization;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// Takes tensors from a file, one by one, and keeps account: what was taken, so that a tensor nobody asked for is found, and the memory,
/// so that nothing stays allocated when a later tensor is wrong.
/// </summary>
internal sealed class WeightLoader(GgufFile file, ModelConfiguration model, Device device, ModelOptions options) : IDisposable
{
    private readonly HashSet<string> _used = [];
    private List<DeviceMemory> _memories = [];
    private WeightArena? _arena;
    private long _bytes;

    public bool Has(string name) => file.Tensors.TryGet(name + ".weight", out _);

    /// <summary>A matrix, [rows, columns].</summary>
    /// <param name="name">The tensor's name without its ending.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="isMultiplied">Whether it is multiplied, and not only looked up in.</param>
    public unsafe WeightMatrix Matrix(string name, int rows, int columns, bool isMultiplied = true)
    {
        GgufTensor tensor = TakeMatrix(name, rows, columns);
        DeviceMemory memory = device.Wrap(tensor.Pointer, tensor.ByteLength);
        Keep(memory, tensor);
        return WeightFormats.Create(tensor.Type, device, new WeightPlace(memory, rows, columns, tensor.Read, isMultiplied && Copies ? ArenaFor(tensor) : null));
    }

    /// <summary>Matrices that multiply the same input, [rows, columns] each. Neighbours of one type become one matrix where matrices are copied.</summary>
    /// <param name="columns">The columns of all.</param>
    /// <param name="matrices">The tensors' names without their ending, and their rows.</param>
    public Projection Projection(int columns, params (string Name, int Rows)[] matrices)
    {
        var parts = new List<(WeightMatrix, int)>();
        for (int from = 0, first = 0, end; from < matrices.Length; from = end)
        {
            int rows = matrices[from].Rows;
            for (end = from + 1; end < matrices.Length && CanJoin(matrices[from], matrices[end]); end++)
                rows += matrices[end].Rows;
            parts.Add((end == from + 1 ? Matrix(matrices[from].Name, rows, columns) : Joined(columns, matrices[from..end]), first));
            first += rows;
        }

        return new Projection([.. parts]);
    }

    // Panels of the second begin with its first row.
    private bool CanJoin((string Name, int Rows) first, (string Name, int Rows) second) =>
        Copies && first.Rows % Panels.Rows == 0 && second.Rows >= Panels.Rows && TypeOf(first.Name) is { } type && type == TypeOf(second.Name);

    private bool Copies => options.Activations == ActivationRounding.Int8 && device.Info.Kind is DeviceKind.Cpu or DeviceKind.Cuda;

    private GgmlType? TypeOf(string name) => file.Tensors.TryGet(name + ".weight", out GgufTensor tensor) ? tensor.Type : null;

    private GgufTensor TakeMatrix(string name, int rows, int columns)
    {
        GgufTensor tensor = Take(name + ".weight", columns, rows);
        return WeightFormats.IsSupported(tensor.Type) ? tensor : throw tensor.Error("its type", $"{tensor.Type}", $"one of {WeightFormats.Supported}");
    }

    // Their rows one after the other: as if they were one tensor of the file.
    private unsafe WeightMatrix Joined(int columns, (string Name, int Rows)[] matrices)
    {
        GgufTensor[] tensors = [.. matrices.Select(matrix => TakeMatrix(matrix.Name, matrix.Rows, columns))];
        foreach (GgufTensor tensor in tensors)
            Keep(device.Wrap(tensor.Pointer, tensor.ByteLength), tensor);
        return WeightFormats.Create(tensors[0].Type, device, new WeightPlace(null, matrices.Sum(matrix => matrix.Rows), columns, Read, Arena()));

        void Read(long offset, Span<byte> destination)
        {
            foreach (GgufTensor tensor in tensors)
            {
                int count = (int)Math.Clamp(tensor.ByteLength - offset, 0, destination.Length);
                if (count > 0)
                    tensor.Read(offset, destination[..count]);
                destination = destination[count..];
                offset = Math.Max(0, offset - tensor.ByteLength);
            }
        }
    }

    // A file's word is taken for no more than twice its size: rows that do not fill a panel are not in the common memory.
    private WeightArena ArenaFor(GgufTensor tensor)
    {
        if (tensor.Rows >= Panels.Rows)
            return Arena();
        var own = new WeightArena(device, WeightArena.Room(WeightFormats.CopiedBytes(tensor)));
        _memories.Add(own.Memory);
        return own;
    }

    private WeightArena Arena()
    {
        if (_arena is null)
        {
            string lookedUp = model.Architecture.AllowsTiedOutput && !Has(model.Architecture.Tensors.Output) ? "" : model.Architecture.Tensors.TokenEmbedding + ".weight";
            long room = 0;
            foreach (GgufTensor tensor in file.Tensors)
                room += tensor.Rank == 2 && tensor.Rows >= Panels.Rows && tensor.Name != lookedUp ? WeightArena.Room(WeightFormats.CopiedBytes(tensor)) : 0;
            _arena = new WeightArena(device, room);
            _memories.Add(_arena.Memory);
        }

        return _arena;
    }

    /// <summary>The weights of a norm, [embedding], with the bias that the architecture's kind of norm has.</summary>
    public NormWeights Norm(string name) => new(
        Vector(name + ".weight"), model.Architecture.Norm == NormKind.LayerNorm ? Vector(name + ".bias") : default);

    /// <summary>Finds a tensor that no part of the model uses: the model would not be what its file says.</summary>
    public void CheckAllUsed()
    {
        foreach (GgufTensor tensor in file.Tensors)
        {
            if (!_used.Contains(tensor.Name))
            {
                throw tensor.Error("its name", "of a tensor that is not used",
                    $"only tensors of a model of architecture '{model.Architecture.Name}' with {model.Layers} layers");
            }
        }
    }

    /// <summary>The memory of all tensors, which the caller disposes of from here on.</summary>
    public IReadOnlyList<DeviceMemory> Take()
    {
        List<DeviceMemory> taken = _memories;
        _memories = [];
        return taken;
    }

    public void Dispose()
    {
        foreach (DeviceMemory memory in _memories)
            memory.Dispose();
    }

    // Norms are small, so they are copied and checked; a NaN in a matrix shows in the logits.
    private View1<float> Vector(string name)
    {
        GgufTensor tensor = Take(name, model.EmbeddingLength);
        if (tensor.Type != GgmlType.F32)
            throw tensor.Error("its type", $"{tensor.Type}", $"{GgmlType.F32}");
        var values = new float[model.EmbeddingLength];
        ReadOnlySpan<byte> data = tensor.Data;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(data[(i * sizeof(float))..]);
            if (!float.IsFinite(values[i]))
                throw tensor.Error($"element {i}", values[i].ToString(CultureInfo.InvariantCulture), "a finite number");
        }

        View1<float> view = device.Upload<float>(values);
        Keep(view.Memory!, tensor);
        return view;
    }

    private GgufTensor Take(string name, params ReadOnlySpan<int> shape)
    {
        if (!file.Tensors.TryGet(name, out GgufTensor tensor))
            throw new InvalidModelException(file.Name, $"tensor '{name}'", "absent", $"a tensor of shape {Shape(shape)}");
        bool fits = tensor.Rank == shape.Length;
        for (int axis = 0; axis < shape.Length && fits; axis++)
            fits = tensor.Dimension(axis) == shape[axis];
        _used.Add(name);
        return fits ? tensor : throw tensor.Error("its shape", Shape(tensor), Shape(shape));
    }

    private void Keep(DeviceMemory memory, GgufTensor tensor)
    {
        _memories.Add(memory);
        _bytes += tensor.ByteLength;
        options.LoadProgress?.Report(Math.Min(1, (double)_bytes / Math.Max(1, file.Length - file.Tensors.DataStart)));
    }

    private static string Shape(GgufTensor tensor)
    {
        Span<long> shape = stackalloc long[tensor.Rank];
        for (int axis = 0; axis < shape.Length; axis++)
            shape[axis] = tensor.Dimension(axis);
        return $"[{string.Join(", ", shape.ToArray())}]";
    }

    private static string Shape(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
