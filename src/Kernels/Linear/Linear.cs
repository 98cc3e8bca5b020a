namespace KernelFoundry.Kernels;

/// <summary>Linear layers: weights times activations, with an epilogue fused into the store.</summary>
public static partial class Linear
{
    /// <summary>Error of a result relative to the root of the sum of its squared products.</summary>
    private const double Accuracy = 4e-6;

    private static void LinearReference(KernelCase c, double[] x) => LinearReference(c, x, ((IEpilogueReference)c.Functor("epilogue")).Reference, new double[x.Length]);

    // A result may be off by what the tolerance makes of the magnitude, and by its weights times the doubt about x.
    private static void LinearReference(KernelCase c, double[] x, Func<double, int, int, double> epilogue, double[] doubt)
    {
        double[] w = c.Values("w"), y = c.Output("y"), magnitude = c.Magnitude("y");
        int rows = c.Extent("w", 0), cols = c.Extent("w", 1), tokens = c.Extent("y", 0);
        for (int t = 0; t < tokens; t++)
        {
            for (int r = 0; r < rows; r++)
            {
                double sum = 0, square = 0, off = 0;
                for (int k = 0; k < cols; k++)
                {
                    double product = w[(r * cols) + k] * x[(t * cols) + k];
                    sum += product;
                    square += product * product;
                    off += Math.Abs(w[(r * cols) + k]) * doubt[(t * cols) + k];
                }

                y[(t * rows) + r] = epilogue(sum, t, r);
                magnitude[(t * rows) + r] = Math.Sqrt(square) + (off / Accuracy);
            }
        }
    }
}
