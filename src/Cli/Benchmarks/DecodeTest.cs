namespace KernelFoundry.Cli.Benchmarks;

/// <summary>Token by token.</summary>
internal sealed class DecodeTest(ModelSession session, int tokens, int depth) : ModelTest(session, tokens, depth)
{
    protected override string Kind => "tg";

    public override double? Limit(ModelWork work, SessionRoof roof) => roof.ReadBandwidth / work.DecodeBytes(Depth, Tokens, 1, Session.Cache);

    protected override (int Tokens, double Seconds) Run() => Time(static (session, tokens) => session.Decode(tokens));
}
