using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <content>
/// What work-items shuffle. Such a variable outlives the loop over the items that computes it: on ILGPU it is an ordinary variable beside the loops, in the emulator, whose loops have many
/// turns, a register of each item that the primitives keep.
/// </content>
internal sealed partial class IlgpuWriter
{
    // Variables that are shuffled or come of it, with the numbers of their registers.
    private readonly Dictionary<Var, int> _lanes = LanesOf(program);

    private static Dictionary<Var, int> LanesOf(Program program)
    {
        var lanes = new Dictionary<Var, int>();
        foreach (Shuffle shuffle in CodeWalk.All(program.Body).OfType<Shuffle>())
        {
            foreach (Var lane in new[] { (Var)shuffle.Value, shuffle.Var })
            {
                if (!lanes.ContainsKey(lane))
                    lanes.Add(lane, lanes.Count);
            }
        }

        return lanes;
    }

    protected override void WriteShuffle(Shuffle shuffle)
    {
        Var own = (Var)shuffle.Value;
        DeclareLane(shuffle.Var);
        OpenItems();
        string at = $"{IlgpuTarget.ExchangeOf(Program)!.Name}, {Int(_lanes[own])}, item, {Bits(own, Beside(own))}, {Int(shuffle.Mask)}";
        Keep(shuffle.Var, Typed(own, $"{Group}.ShuffleXor{Word(own)}(scratch, {at})"));
        CloseItems();
    }

    private Var[] DeclaredLanes(Stmt[] statements) => [.. statements.OfType<Let>().Select(let => let.Var).Where(_lanes.ContainsKey)];

    private Var[] TouchedLanes(Stmt[] statements)
    {
        Stmt[] all = [.. CodeWalk.All(statements)];
        return [.. all.SelectMany(CodeWalk.Expressions).OfType<Var>().Concat(all.OfType<Assign>().Select(assign => assign.Var)).Concat(DeclaredLanes(statements))
            .Where(_lanes.ContainsKey).Distinct()];
    }

    private static bool IsAssigned(Var lane, Stmt[] statements) => CodeWalk.All(statements).Any(statement => statement is Assign assign && assign.Var == lane);

    // One a method: C# lets no inner scope hide it.
    private void DeclareLane(Var lane) => Line($"{TypeName(lane.Type)} {Beside(lane)} = 0;");

    private void Keep(Var lane, string value) => Line($"{Beside(lane)} = {Typed(lane, $"{Group}.Keep{Word(lane)}({Int(_lanes[lane])}, item, {Bits(lane, value)})")};");

    private string Kept(Var lane) => Typed(lane, $"{Group}.Kept{Word(lane)}({Int(_lanes[lane])}, item, {Bits(lane, Beside(lane))})");

    private static string Beside(Var lane) => lane.Name + "_lane";

    private static string Word(Var lane) => lane.Type == DType.F32 ? "Float" : "Int";

    // The primitives know floats and ints.
    private static string Typed(Var lane, string value) => lane.Type == DType.U32 ? $"(uint){value}" : value;

    private static string Bits(Var lane, string value) => lane.Type == DType.U32 ? $"(int)({value})" : value;
}
