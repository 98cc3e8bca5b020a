using KernelFoundry.Benchmarks;

namespace KernelFoundry.Suite;

/// <summary>
/// A row kernel on one thread, beside System.Numerics.Tensors on arrays of the same size: what a .NET program without this library calls.
/// </summary>
public abstract class RowBenchmark : KernelBenchmark
{
    private float[] _from = [], _other = [], _to = [];

    protected int Rows => Extent("rows");

    protected virtual int Columns => Extent("cols");

    /// <summary>As many values as a row has.</summary>
    protected ReadOnlySpan<float> Weight => _other.AsSpan(0, Columns);

    protected override void Prepare()
    {
        var random = new Random(1);
        _from = Draw(Rows * Columns, random);
        _other = Draw(Rows * Columns, random);
        _to = new float[_from.Length];
    }

    protected ReadOnlySpan<float> From(int row) => _from.AsSpan(row * Columns, Columns);

    protected ReadOnlySpan<float> Other(int row) => _other.AsSpan(row * Columns, Columns);

    protected Span<float> To(int row) => _to.AsSpan(row * Columns, Columns);

    private static float[] Draw(int count, Random random) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
}
