namespace KernelFoundry.Inference.Models;

/// <summary>
/// A matrix whose columns lie in parts, one after the other in memory: each part multiplies its part of the input. Rows of numbers longer than a part would read so
/// much of the input, a row again, that the nearest cache kept none of it.
/// </summary>
/// <param name="parts">Matrices of as many rows, from the first column on.</param>
internal sealed class ColumnParts(params WeightMatrix[] parts) : WeightMatrix(parts[0].Rows, parts.Sum(part => part.Columns))
{
    /// <summary>
    /// Most columns of a part. As floats they are a third of a first cache of 48 KiB, which holds a row and what is asked for ahead of it too: rows of 4096
    /// columns are read as fast as short ones, rows of 8192 a fifth slower (measured with BF16).
    /// </summary>
    public const int Longest = 4096;

    // So that all parts but the last end where a row of vectors does.
    private const int Multiple = 64;

    public override bool Fuses => false;

    /// <summary>The columns of each part of a matrix: as equal as can be.</summary>
    public static IEnumerable<(int First, int Count)> Of(int columns)
    {
        int parts = (columns + Longest - 1) / Longest;
        int each = ((columns + parts - 1) / parts + Multiple - 1) / Multiple * Multiple;
        for (int first = 0; first < columns; first += each)
            yield return (first, Math.Min(each, columns - first));
    }

    public override WeightMatrix Slice(int first, int count) => new ColumnParts([.. parts.Select(part => part.Slice(first, count))]);

    public override void Embed(Device device, View1<int> tokens, View2<float> y, float scale) =>
        throw new InvalidOperationException("A matrix in parts is multiplied and was to be looked up in.");

    public override void Project(Device device, View2<float> x, View2<float> y)
    {
        parts[0].Project(device, x.Slice(1, 0, parts[0].Columns), y);
        Add(device, x, y, from: 1);
    }

    public override void ProjectAndAdd(Device device, View2<float> x, View2<float> residual) => Add(device, x, residual, from: 0);

    public override void ProjectNormed(Device device, View2<float> x, View1<float> norm, float epsilon, View2<float> y) => throw Whole();

    public override void ProjectGatedAndAdd(Device device, View2<float> gate, View2<float> up, View2<float> residual) => throw Whole();

    public override void ProjectAndGate(Device device, View2<float> x, View2<float> gate) => throw Whole();

    private static InvalidOperationException Whole() => new("A matrix in parts was to do what only a whole sum can.");

    private void Add(Device device, View2<float> x, View2<float> y, int from)
    {
        int first = from == 0 ? 0 : parts[0].Columns;
        for (int i = from; i < parts.Length; first += parts[i++].Columns)
            parts[i].ProjectAndAdd(device, x.Slice(1, first, parts[i].Columns), y);
    }
}
