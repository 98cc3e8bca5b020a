using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Adapters;

/// <summary>Puts adapters on a device and beside the matrices they adapt, while a model's weights are loaded.</summary>
/// <param name="adapters">The adapters; none at no cost.</param>
/// <param name="device">The device.</param>
/// <param name="tokens">Most rows that go through a matrix at once.</param>
/// <param name="keep">Told of memory, which is freed with the model's.</param>
internal sealed class AdapterLoader(IReadOnlyList<LoraAdapter> adapters, Device device, int tokens, Action<DeviceMemory> keep)
{
    private const string Ending = ".weight";
    private readonly HashSet<string> _used = [];
    private AdapterScratch? _scratch;

    /// <summary>Whether an adapter adds to a matrix.</summary>
    /// <param name="name">The tensor's name without its ending.</param>
    public bool Adapts(string name) => adapters.Any(adapter => adapter.Updates.ContainsKey(name + Ending));

    /// <summary>The matrix with what adapters add to it.</summary>
    /// <param name="rows">Which rows of which tensor it is.</param>
    /// <param name="matrix">The matrix alone.</param>
    public WeightMatrix Adapt(MatrixRows rows, WeightMatrix matrix)
    {
        if (!Adapts(rows.Name))
            return matrix;
        bool isStacked = rows.Matrices > 0;
        int first = isStacked ? 0 : rows.First;
        var updates = new List<DeviceUpdate>();
        foreach (var (adapter, update) in Updates(rows.Name))
        {
            LowRankUpdate own = update.Of(isStacked ? rows.First / rows.Rows : 0);
            float[] b = own.B[(first * own.Rank)..((first + rows.Rows) * own.Rank)];
            updates.Add(new DeviceUpdate(adapter, Upload(own.A, own.Rank, own.Columns), Upload(b, rows.Rows, own.Rank), own.Scale));
        }

        return new AdaptedMatrix(matrix, updates, _scratch ??= Scratch());
    }

    /// <summary>The embeddings with what adapters add to those that are looked up.</summary>
    /// <param name="rows">Which tensor they are.</param>
    /// <param name="embeddings">The embeddings alone.</param>
    public WeightMatrix AdaptLookups(MatrixRows rows, WeightMatrix embeddings)
    {
        if (!Adapts(rows.Name))
            return embeddings;
        DeviceUpdate[] updates =
        [
            .. Updates(rows.Name).Select(pair => new DeviceUpdate(
                pair.Adapter, Upload(LowRankUpdate.Transposed(pair.Update.A, pair.Update.Rank, pair.Update.Columns), pair.Update.Columns, pair.Update.Rank),
                Upload(pair.Update.B, pair.Update.Rows, pair.Update.Rank), pair.Update.Scale)),
        ];
        return new AdaptedEmbeddings(embeddings, updates, _scratch ??= Scratch());
    }

    /// <summary>Finds an adapter of a matrix that the model does not multiply: it would add nothing.</summary>
    public void CheckAllUsed(string model)
    {
        foreach (LoraAdapter adapter in adapters)
        {
            if (adapter.Targets.FirstOrDefault(target => !_used.Contains(target)) is { } target)
                throw new InvalidModelException(adapter.Name, $"the adapter of '{target}'", $"for a tensor that '{model}' does not multiply", "adapters of matrices and of token embeddings");
        }
    }

    private IEnumerable<(LoraAdapter Adapter, LowRankUpdate Update)> Updates(string name)
    {
        _used.Add(name + Ending);
        foreach (LoraAdapter adapter in adapters)
        {
            if (adapter.Updates.TryGetValue(name + Ending, out LowRankUpdate? update))
                yield return (adapter, update);
        }
    }

    private WeightMatrix<float> Upload(float[] values, int rows, int columns)
    {
        View1<float> view = device.Upload<float>(values);
        keep(view.Memory!);
        var matrix = new View2<float>(view.Memory!, 0, rows, columns);
        return new WeightMatrix<float>(matrix, matrix, null, rows, columns);
    }

    private AdapterScratch Scratch()
    {
        // Products with the vocabulary meet no gate.
        KeyValuePair<string, LowRankUpdate>[] all = [.. adapters.SelectMany(adapter => adapter.Updates)];
        int gated = all.Where(entry => entry.Key.StartsWith("blk.", StringComparison.Ordinal)).Select(entry => entry.Value.Rows).DefaultIfEmpty(1).Max();
        return new AdapterScratch(Allocate(all.Max(entry => entry.Value.Rank)), Allocate(gated));
    }

    private View2<float> Allocate(int columns)
    {
        View2<float> view = device.Allocate<float>(tokens, columns);
        keep(view.Memory!);
        return view;
    }
}
