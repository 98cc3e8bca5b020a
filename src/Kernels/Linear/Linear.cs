namespace KernelFoundry.Kernels;

/// <summary>Linear layers: weights times activations, with an epilogue fused into the store.</summary>
public static partial class Linear
{
    private static void LinearReference(KernelCase c, double[] x)
    {
        double[] w = c.Values("w"), y = c.Output("y"), magnitude = c.Magnitude("y");
        int rows = c.Extent("w", 0), cols = c.Extent("w", 1), tokens = c.Extent("y", 0);
        var epilogue = (IEpilogueReference)c.Functor("epilogue");
        for (int t = 0; t < tokens; t++)
        {
            for (int r = 0; r < rows; r++)
            {
                double sum = 0, square = 0;
                for (int k = 0; k < cols; k++)
                {
                    double product = w[(r * cols) + k] * x[(t * cols) + k];
                    sum += product;
                    square += product * product;
                }

                y[(t * rows) + r] = epilogue.Reference(sum, t, r);
                magnitude[(t * rows) + r] = Math.Sqrt(square);
            }
        }
    }
}
