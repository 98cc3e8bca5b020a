namespace KernelFoundry.Testing.Emulation;

/// <summary>A graph: nodes that run in an order that their dependencies allow.</summary>
internal sealed class EmulatedGraph
{
    public List<EmulatedNode> Nodes { get; } = [];
}

/// <summary>A launch in a graph, by the handle of its node.</summary>
internal sealed record EmulatedNode(nint Handle, nint[] Dependencies, EmulatedLaunch Launch);

/// <summary>A graph made ready to run: its launches as they were then, and as they were changed since.</summary>
internal sealed class EmulatedGraphInstance(EmulatedGraph graph)
{
    public Dictionary<nint, EmulatedNode> Nodes { get; } = graph.Nodes.ToDictionary(node => node.Handle);

    /// <summary>The launches, those without a dependency on each other in the opposite order of their making: nothing may rely on that.</summary>
    public IReadOnlyList<EmulatedLaunch> Order()
    {
        var ordered = new List<EmulatedLaunch>();
        var done = new HashSet<nint>();
        while (done.Count < Nodes.Count)
        {
            EmulatedNode next = Nodes.Values.Last(node => !done.Contains(node.Handle) && Array.TrueForAll(node.Dependencies, done.Contains));
            done.Add(next.Handle);
            ordered.Add(next.Launch);
        }

        return ordered;
    }
}
