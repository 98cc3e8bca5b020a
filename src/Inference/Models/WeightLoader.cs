using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Models;

/// <summary>
/// Takes tensors from a file, one by one, and keeps account: what was taken, so that a tensor nobody asked for is found, and the memory,
/// so that nothing stays allocated when a later tensor is wrong.
/// </summary>
internal sealed partial class WeightLoader(GgufFile file, ModelConfiguration model, Device device, ModelOptions options) : IDisposable
{
    private readonly HashSet<string> _used = [];
    private readonly Dictionary<string, DeviceMemory> _tensors = [];
    private readonly Dictionary<string, WeightArena> _arenas = [];
    private List<DeviceMemory> _memories = [];
    private AdapterLoader? _adapterLoader;
    private WeightArena? _arena;
    private long _bytes;

    // Encoders run whole texts at once.
    private AdapterLoader Adapters => _adapterLoader ??= new AdapterLoader(
        options.LoadedAdapters, device, model.Architecture.Attention == AttentionKind.Bidirectional ? model.ContextLength : options.PrefillBatch, memory => _memories.Add(memory));

    /// <summary>Whether there is a tensor of weights.</summary>
    public bool Has(string name) => file.Tensors.TryGet(name + ".weight", out _);

    /// <summary>A matrix, [rows, columns].</summary>
    /// <param name="name">The tensor's name without its ending.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="isMultiplied">Whether it is multiplied, and not only looked up in.</param>
    public WeightMatrix Matrix(string name, int rows, int columns, bool isMultiplied = true) => Matrix(new MatrixRows(name, rows), columns, isMultiplied);

    /// <summary>Matrices that multiply the same input, [rows, columns] each. Neighbours of one type become one matrix where matrices are copied.</summary>
    /// <param name="columns">The columns of all.</param>
    /// <param name="matrices">Where they are.</param>
    public Projection Projection(int columns, params MatrixRows[] matrices)
    {
        var parts = new List<(WeightMatrix, int)>();
        for (int from = 0, first = 0, end; from < matrices.Length; from = end)
        {
            int rows = matrices[from].Rows;
            for (end = from + 1; end < matrices.Length && CanJoin(matrices[from], matrices[end]); end++)
                rows += matrices[end].Rows;
            parts.Add((end == from + 1 ? Matrix(matrices[from], columns) : Joined(columns, matrices[from..end]), first));
            first += rows;
        }

        return new Projection([.. parts]);
    }

    // Panels of the second begin with its first row.
    private bool CanJoin(MatrixRows first, MatrixRows second) =>
        Copies && !Adapters.Adapts(first.Name) && !Adapters.Adapts(second.Name) && first.Rows % Panels.Rows == 0 && second.Rows >= Panels.Rows && TypeOf(first.Name) is { } type && type == TypeOf(second.Name);

    private bool Copies => options.Activations == ActivationRounding.Int8 && device.Info.Kind is DeviceKind.Cpu or DeviceKind.Cuda;

    private GgmlType? TypeOf(string name) => file.Tensors.TryGet(name + ".weight", out GgufTensor tensor) ? tensor.Type : null;

    /// <summary>Some rows of a tensor as a matrix, [rows, columns].</summary>
    /// <param name="matrix">Which.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="isMultiplied">Whether it is multiplied, and not only looked up in.</param>
    public WeightMatrix Matrix(MatrixRows matrix, int columns, bool isMultiplied = true)
    {
        WeightMatrix weights = Plain(matrix, columns, isMultiplied);
        return isMultiplied ? Adapters.Adapt(matrix, weights) : weights;
    }

    /// <summary>The matrix of a branch's end, [rows, columns], of which nothing is asked but its products and their sums with the residual stream: it may lie in parts.</summary>
    /// <param name="name">The tensor's name without its ending.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    public WeightMatrix BranchMatrix(string name, int rows, int columns)
    {
        var matrix = new MatrixRows(name, rows);
        return Adapters.Adapt(matrix, Plain(matrix, columns, isMultiplied: true, inParts: device.Info.Kind == DeviceKind.Cpu));
    }

    private WeightMatrix Plain(MatrixRows matrix, int columns, bool isMultiplied, bool inParts = false)
    {
        GgufTensor tensor = TakeMatrix(matrix, columns);
        long start = matrix.First * tensor.RowBytes;
        return WeightFormats.Create(tensor.Type, device, new WeightPlace(
            Memory(tensor), start, matrix.Rows, columns, (offset, destination) => tensor.Read(start + offset, destination), isMultiplied && Copies ? ArenaFor(matrix, tensor) : null, inParts));
    }

    /// <summary>Where one expert's matrix is: in a stack; in older files, a tensor of its own.</summary>
    public MatrixRows ExpertRows(string stack, int rows, int expert, int experts)
    {
        string alone = OlderLayouts.Expert(stack, expert);
        return !Has(stack) && Has(alone) ? new MatrixRows(alone, rows) : MatrixRows.Of(stack, rows, expert, experts);
    }

    /// <summary>Some rows of a tensor, transposed, [rank, rows].</summary>
    /// <param name="rows">The rows: what makes a head's keys of short vectors.</param>
    /// <param name="rank">Their length.</param>
    public WeightMatrix TransposedKeys(MatrixRows rows, int rank)
    {
        var (type, bytes) = OlderLayouts.TransposedKeys(TakeMatrix(rows, rank), rows.First, rows.Rows);
        DeviceMemory memory = device.AllocateBytes(bytes.Length);
        _memories.Add(memory);
        memory.Write(0, bytes);
        return WeightFormats.Create(type, device, new WeightPlace(memory, 0, rank, rows.Rows, null, null));
    }

    /// <summary>Token embeddings that are looked up, with what adapters add to them, and as they are.</summary>
    /// <param name="name">The tensor's name without its ending.</param>
    /// <param name="rows">How many.</param>
    /// <param name="columns">Their length.</param>
    /// <param name="isMultiplied">Whether they make logits too.</param>
    public (WeightMatrix LookedUp, WeightMatrix Plain) Embeddings(string name, int rows, int columns, bool isMultiplied)
    {
        var matrix = new MatrixRows(name, rows);
        WeightMatrix plain = Plain(matrix, columns, isMultiplied);
        WeightMatrix lookedUp = Copies && device.Info.Kind == DeviceKind.Cpu ? InFile(plain, TakeMatrix(matrix, columns)) : plain;
        return (Adapters.AdaptLookups(matrix, lookedUp), plain);
    }

    private EmbeddingsInFile InFile(WeightMatrix matrix, GgufTensor tensor)
    {
        var embeddings = new EmbeddingsInFile(device, matrix.Rows, matrix.Columns, tensor);
        _memories.AddRange(embeddings.Memories);
        return embeddings;
    }

    /// <summary>A matrix with what adapters add under another name: the token embeddings where they make logits.</summary>
    public WeightMatrix Adapted(string name, WeightMatrix matrix) => Adapters.Adapt(new MatrixRows(name, matrix.Rows), matrix);

    private GgufTensor TakeMatrix(MatrixRows matrix, int columns)
    {
        GgufTensor tensor = matrix.Matrices > 0
            ? Take(matrix.Name + ".weight", columns, matrix.Rows, matrix.Matrices)
            : Take(matrix.Name + ".weight", columns, matrix.TotalRows);
        return WeightFormats.IsSupported(tensor.Type) ? tensor : throw tensor.Error("its type", $"{tensor.Type}", $"one of {WeightFormats.Supported}");
    }

    // The tensor where the file has it, whichever of its rows are asked for.
    private unsafe DeviceMemory Memory(GgufTensor tensor)
    {
        if (!_tensors.TryGetValue(tensor.Name, out DeviceMemory? memory))
        {
            memory = device.Wrap(tensor.Pointer, tensor.ByteLength);
            Keep(memory, tensor);
            _tensors.Add(tensor.Name, memory);
        }

        return memory;
    }

    // Their rows one after the other: as if they were one tensor of the file.
    private WeightMatrix Joined(int columns, MatrixRows[] matrices)
    {
        GgufTensor[] tensors = [.. matrices.Select(matrix => TakeMatrix(matrix, columns))];
        foreach (GgufTensor tensor in tensors)
            Memory(tensor);
        int rows = matrices.Sum(matrix => matrix.Rows);
        WeightArena arena = matrices[0].Matrices > 0 ? ArenaOfStack(tensors[0], matrices[0].Matrices, rows) : Arena();
        return WeightFormats.Create(tensors[0].Type, device, new WeightPlace(null, 0, rows, columns, Read, arena));

        void Read(long offset, Span<byte> destination)
        {
            foreach ((GgufTensor tensor, MatrixRows matrix) in tensors.Zip(matrices))
            {
                long length = matrix.Rows * tensor.RowBytes;
                int count = (int)Math.Clamp(length - offset, 0, destination.Length);
                if (count > 0)
                    tensor.Read((matrix.First * tensor.RowBytes) + offset, destination[..count]);
                destination = destination[count..];
                offset = Math.Max(0, offset - length);
            }
        }
    }

    // A file's word is taken for no more than twice its size: rows that do not fill a panel are not in the common memory.
    private WeightArena? ArenaFor(MatrixRows matrix, GgufTensor tensor)
    {
        if (matrix.Matrices > 0)
            return matrix.Rows >= Panels.Rows ? ArenaOfStack(tensor, matrix.Matrices, matrix.Rows) : null;
        bool isWhole = matrix.Rows == matrix.TotalRows || (matrix.First % Panels.Rows == 0 && matrix.Rows % Panels.Rows == 0);
        if (matrix.Rows >= Panels.Rows && isWhole)
            return Arena();
        var own = new WeightArena(device, WeightArena.Room(WeightFormats.CopiedBytes(tensor.Type, matrix.Rows, tensor.RowBytes)));
        _memories.Add(own.Memory);
        return own;
    }

    private WeightArena ArenaOfStack(GgufTensor tensor, int matrices, int rows)
    {
        if (!_arenas.TryGetValue(tensor.Name, out WeightArena? arena))
        {
            arena = new WeightArena(device, checked(matrices * WeightArena.Room(WeightFormats.CopiedBytes(tensor.Type, rows, tensor.RowBytes))));
            _memories.Add(arena.Memory);
            _arenas.Add(tensor.Name, arena);
        }

        return arena;
    }

    private WeightArena Arena()
    {
        if (_arena is null)
        {
            TensorNames names = model.Architecture.Tensors;
            string lookedUp = model.IsTied(file) ? "" : names.TokenEmbedding + ".weight";
            long room = 0;
            foreach (GgufTensor tensor in file.Tensors)
            {
                bool isCopied = tensor.Rank == 2 && tensor.Rows >= Panels.Rows && tensor.Name != lookedUp && tensor.Name != names.PositionEmbedding + ".weight";
                room += isCopied ? WeightArena.Room(WeightFormats.CopiedBytes(tensor.Type, tensor.Rows, tensor.RowBytes)) : 0;
            }

            _arena = new WeightArena(device, room);
            _memories.Add(_arena.Memory);
        }

        return _arena;
    }

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

        Adapters.CheckAllUsed(file.Name);
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
        Count(tensor);
    }

    private void Count(GgufTensor tensor)
    {
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
