using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Adapters;

/// <summary>Puts adapters on a device and beside the matrices they adapt, while a model's weights are loaded.</summary>
/// <param name="adapters">The adapters; none at no cost.</param>
/// <param name="device">The device.</param>
/// <param name="tokens">Most tokens that go through the model at once.</param>
/// <param name="keep">Told of memory, which is freed with the model's.</param>
internal sealed class AdapterLoader(IReadOnlyList<LoraAdapter> adapters, Device device, int tokens, Action<DeviceMemory> keep)
{
    private AdapterScratch? _scratch;

    /// <summary>Whether an adapter adds to a matrix.</summary>
    /// <param name="name">The tensor's name without its ending.</param>
    public bool Adapts(string name) => adapters.Any(adapter => adapter.Updates.ContainsKey(name + ".weight"));

    /// <summary>The matrix with what adapters add to it.</summary>
    /// <param name="rows">Which rows of which tensor it is.</param>
    /// <param name="matrix">The matrix alone.</param>
    public WeightMatrix Adapt(MatrixRows rows, WeightMatrix matrix)
    {
        if (!Adapts(rows.Name))
            return matrix;
        var updates = new List<DeviceUpdate>();
        foreach (LoraAdapter adapter in adapters)
        {
            if (adapter.Updates.TryGetValue(rows.Name + ".weight", out LowRankUpdate? update))
            {
                float[] b = update.B[(rows.First * update.Rank)..((rows.First + rows.Rows) * update.Rank)];
                updates.Add(new DeviceUpdate(adapter, Upload(update.A, update.Rank, update.Columns), Upload(b, rows.Rows, update.Rank), update.Scale));
            }
        }

        return new AdaptedMatrix(matrix, updates, _scratch ??= Scratch());
    }

    private WeightMatrix<float> Upload(float[] values, int rows, int columns)
    {
        View1<float> view = device.Upload<float>(values);
        keep(view.Memory!);
        return new WeightMatrix<float>(default, new View2<float>(view.Memory!, 0, rows, columns), null, rows, columns);
    }

    private AdapterScratch Scratch()
    {
        IEnumerable<LowRankUpdate> all = adapters.SelectMany(adapter => adapter.Updates.Values);
        return new AdapterScratch(Allocate(all.Max(update => update.Rank)), Allocate(all.Max(update => update.Rows)));
    }

    private View2<float> Allocate(int columns)
    {
        View2<float> view = device.Allocate<float>(tokens, columns);
        keep(view.Memory!);
        return view;
    }
}
