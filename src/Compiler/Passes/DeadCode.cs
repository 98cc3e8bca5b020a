using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Passes;

/// <summary>Removes ops whose results nothing uses and that have no effect.</summary>
public static class DeadCode
{
    public static void Remove(Block body)
    {
        var live = new HashSet<Value>();
        Mark(body, live);
    }

    /// <summary>As <see cref="Remove"/>, where a value is to be returned.</summary>
    public static void Keep(Block body, Value value) => Mark(body, [value]);

    // Backwards: an op is live if it has an effect or a live result. Extents of a live result's type are uses too.
    private static void Mark(Block block, HashSet<Value> live)
    {
        for (int i = block.Ops.Count - 1; i >= 0; i--)
        {
            Op op = block.Ops[i];
            bool effect = op.Code == OpCode.Store || op.Info.Class == OpClass.Control || op.Code == OpCode.ProgramId;
            if (!effect && !op.Results.Any(live.Contains))
            {
                block.Ops.RemoveAt(i);
                continue;
            }

            for (int r = op.Regions.Length - 1; r >= 0; r--)
                Mark(op.Regions[r], live);
            foreach (Value operand in op.Operands)
                live.Add(operand);
            foreach (Value value in op.Results.Concat(op.Regions.SelectMany(r => r.Arguments)))
            {
                foreach (Extent extent in value.Type.Shape)
                {
                    if (extent.Dynamic is { } dynamic)
                        live.Add(dynamic);
                }
            }
        }
    }
}
