namespace KernelFoundry;

/// <summary>
/// What a derived kernel should give: central finite differences, in double precision, of the forward kernel's reference. Their
/// error is 1e-9 of functions that change little over a step, as all here do.
/// </summary>
public static class FiniteDifferences
{
    private const double Step = 2e-6;

    /// <summary>The gradients of one case: those of inputs are added to, those in parts are written.</summary>
    /// <param name="c">The case of the derived kernel.</param>
    /// <param name="forward">The reference of the forward kernel.</param>
    /// <param name="outputs">The forward kernel's outputs and the views of their gradients; and their axis along which programs take turns.</param>
    /// <param name="inputs">The inputs and the views of their gradients; and whether those are in parts.</param>
    public static void Gradients(
        KernelCase c, Action<KernelCase> forward, (string View, string Gradient, int ProgramAxis)[] outputs, (string View, string Gradient, bool IsPartial)[] inputs)
    {
        ArgumentNullException.ThrowIfNull(c);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(inputs);

        // A linear kernel's gradient takes no inputs: zeros are as good as any.
        var values = inputs.ToDictionary(
            input => input.View, input => c.Has(input.View) ? [.. c.Values(input.View)] : new double[Extents(c, input).Aggregate(1, (count, extent) => count * extent)]);
        foreach ((string view, string gradient, bool isPartial) in inputs)
        {
            double[] x = values[view], sums = c.Output(gradient), magnitude = c.Magnitude(gradient);
            if (isPartial)
                Array.Clear(sums);
            for (int i = 0; i < x.Length; i++)
            {
                double at = x[i], step = Step * Math.Max(1, Math.Abs(at));
                x[i] = at + step;
                KernelCase above = Run(c, forward, outputs, inputs, values);
                x[i] = at - step;
                KernelCase below = Run(c, forward, outputs, inputs, values);
                x[i] = at;
                foreach ((string output, string weights, int programAxis) in outputs)
                {
                    double[] dy = c.Values(weights), high = above.Output(output), low = below.Output(output);
                    for (int j = 0; j < dy.Length; j++)
                    {
                        int target = isPartial ? (Part(c, weights, programAxis, j, c.Extent(gradient, 0)) * x.Length) + i : i;
                        double term = dy[j] * (high[j] - low[j]) / (2 * step);
                        sums[target] += term;
                        magnitude[target] = Math.Sqrt((magnitude[target] * magnitude[target]) + (term * term));
                    }
                }
            }
        }
    }

    private static KernelCase Run(
        KernelCase c, Action<KernelCase> forward, (string View, string Gradient, int ProgramAxis)[] outputs, (string View, string Gradient, bool IsPartial)[] inputs,
        Dictionary<string, double[]> values)
    {
        KernelCase run = c.Copy();
        foreach ((string View, string Gradient, bool IsPartial) input in inputs)
            run.SetView(input.View, values[input.View], Extents(c, input));
        foreach ((string view, string gradient, int _) in outputs)
            run.SetView(view, new double[c.Values(gradient).Length], c.Extents(gradient));
        forward(run);
        return run;
    }

    private static int[] Extents(KernelCase c, (string View, string Gradient, bool IsPartial) input) =>
        c.Has(input.View) ? c.Extents(input.View) : c.Extents(input.Gradient)[(input.IsPartial ? 1 : 0)..];

    // The program that an element of an output belongs to: each takes a share of the rows, the last ones perhaps less.
    private static int Part(KernelCase c, string output, int axis, int element, int parts)
    {
        int[] extents = c.Extents(output);
        for (int last = extents.Length - 1; last > axis; last--)
            element /= extents[last];
        return element % extents[axis] / ((extents[axis] + parts - 1) / parts);
    }
}
