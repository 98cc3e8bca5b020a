namespace KernelFoundry.Cli.Benchmarks;

/// <summary>All tokens at once.</summary>
internal sealed class PrefillTest(ModelSession session, int tokens, int depth) : ModelTest(session, tokens, depth)
{
    protected override string Kind => "pp";

    public override double? Limit(ModelWork work, SessionRoof roof) => roof.FmaPeak * Tokens / work.PrefillOperations(Depth, Tokens);

    protected override (int Tokens, double Seconds) Run() => Time(static (session, tokens) => session.Prefill(tokens));
}
