using KernelFoundry.Inference.Models;
using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Adapters;

/// <summary>A matrix with adapters at run time: two small products are added to its own, for each adapter whose scale is not 0.</summary>
/// <param name="matrix">The matrix.</param>
/// <param name="updates">What is added.</param>
/// <param name="scratch">Room for what is between.</param>
internal sealed class AdaptedMatrix(WeightMatrix matrix, IReadOnlyList<DeviceUpdate> updates, AdapterScratch scratch) : WeightMatrix(matrix.Rows, matrix.Columns)
{
    // The products of the adapters read the input once more, so that nothing before them can be left out.
    public override bool Fuses => false;

    public override WeightMatrix Slice(int first, int count) =>
        new AdaptedMatrix(matrix.Slice(first, count), [.. updates.Select(update => update with { B = update.B.Slice(first, count) })], scratch);

    public override void Embed(Device device, View1<int> tokens, View2<float> y, float scale) => matrix.Embed(device, tokens, y, scale);

    public override void Project(Device device, View2<float> x, View2<float> y)
    {
        matrix.Project(device, x, y);
        AddTo(device, x, y);
    }

    public override void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y) => throw NotFused();

    public override void ProjectGatedAndAdd(Device device, View2<float> gate, View2<float> up, View2<float> residual) => throw NotFused();

    public override void ProjectAndAdd(Device device, View2<float> x, View2<float> residual)
    {
        matrix.ProjectAndAdd(device, x, residual);
        AddTo(device, x, residual);
    }

    public override void ProjectAndGate(Device device, View2<float> x, View2<float> gate)
    {
        if (!IsActive())
        {
            matrix.ProjectAndGate(device, x, gate);
            return;
        }

        View2<float> y = scratch.Rows(x.Extent0, Rows);
        Project(device, x, y);
        Activation.GatedLinearUnit(device, gate, y, gate, default(Silu));
    }

    private static InvalidOperationException NotFused() => new("A matrix with adapters fuses nothing, and was asked to.");

    private bool IsActive()
    {
        for (int i = 0; i < updates.Count; i++)
        {
            if (updates[i].Adapter.Scale != 0)
                return true;
        }

        return false;
    }

    private void AddTo(Device device, View2<float> x, View2<float> y)
    {
        for (int i = 0; i < updates.Count; i++)
        {
            DeviceUpdate update = updates[i];
            if (update.Adapter.Scale == 0)
                continue;
            View2<float> hidden = scratch.Hidden(x.Extent0, update.A.Rows);
            update.A.Project(device, x, hidden);
            Elementwise.Scale(device, hidden, hidden, update.Scale * update.Adapter.Scale);
            update.B.ProjectAndAdd(device, hidden, y);
        }
    }
}
