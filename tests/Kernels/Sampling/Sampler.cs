namespace KernelFoundry.Kernels.Tests;

/// <summary>Draws with a chain that is put together at run time.</summary>
internal static class Sampler
{
    /// <summary>A step of a chain: its method and its amount as people give it.</summary>
    public readonly record struct Step(int Method, double Amount, double Second = 1);

    /// <summary>The devices but the emulated GPU, which takes seconds a draw: it runs each kernel's record.</summary>
    public static IEnumerable<Device> Devices => KernelFoundry.Testing.TestDevices.All.Where(device => device.Kind != DeviceKind.Cuda);

    /// <summary>The tokens of one draw without replacement; as many as could be drawn, at most <paramref name="draws"/>.</summary>
    public static int[] Draw(
        Device device, float[] logits, Step[] chain, int draws = 1, uint seed = 5, uint step = 0, float temperature = 1, float noise = 1)
    {
        View1<float> view = device.Upload<float>(logits);
        using var workspace = new SamplingWorkspace(device, logits.Length, draws, sorts: true);
        ChainProgram program = Upload(device, chain);
        workspace.Draw(view, new TemperatureProcessor(temperature), program, seed, step, noise, TailFree(chain));
        var tokens = new int[draws];
        workspace.Read(tokens);
        Free(view.Memory, program.Methods.Memory, program.Amounts.Memory);
        return [.. tokens.TakeWhile(token => token >= 0)];
    }

    /// <summary>One token a step, from step 0 on.</summary>
    public static int[] DrawMany(Device device, float[] logits, Step[] chain, int steps, uint seed, float temperature = 1)
    {
        View1<float> view = device.Upload<float>(logits);
        using var workspace = new SamplingWorkspace(device, logits.Length, sorts: true);
        ChainProgram program = Upload(device, chain);
        var tokens = new int[steps];
        for (int i = 0; i < steps; i++)
        {
            workspace.Draw(view, new TemperatureProcessor(temperature), program, seed, (uint)i, 1, TailFree(chain));
            workspace.Read(tokens.AsSpan(i, 1));
        }

        Free(view.Memory, program.Methods.Memory, program.Amounts.Memory);
        return tokens;
    }

    /// <summary>Every token that can be drawn.</summary>
    public static int[] Kept(Device device, float[] logits, params Step[] chain) => [.. Draw(device, logits, chain, logits.Length).Order()];

    private static (int, float)[] TailFree(Step[] chain) =>
        [.. chain.Select((each, i) => (Place: i, Share: (float)each.Amount)).Where(each => chain[each.Place].Method == Truncation.TailFree)];

    private static ChainProgram Upload(Device device, Step[] chain)
    {
        int[] methods = [.. chain.Select(each => each.Method), 0];
        float[] amounts = [.. chain.SelectMany(each => new[] { Encode(each), (float)each.Second }), 0, 0];
        return new ChainProgram(device.Upload<int>(methods), device.Upload<float>(amounts), chain.Length);
    }

    private static float Encode(Step step) =>
        step.Method is Truncation.MinP or Truncation.TopA or Truncation.Epsilon or Truncation.Eta or Truncation.Xtc
            ? (float)Math.Log(step.Amount)
            : (float)step.Amount;

    private static void Free(params DeviceMemory?[] memories)
    {
        foreach (DeviceMemory? memory in memories)
            memory?.Dispose();
    }
}
