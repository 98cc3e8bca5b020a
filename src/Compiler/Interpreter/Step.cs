using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// A statement made executable. One that holds no barrier runs through; one that does is an iterator that stops at each, so that the other
/// work-items can come to it.
/// </summary>
internal abstract class Step(Accessor who, SourceLocation location)
{
    public SourceLocation Location { get; } = location;

    public virtual bool Suspends => false;

    protected Accessor Who { get; } = who;

    public abstract void Run(WorkItem item);

    /// <summary>Runs with a stop at each barrier.</summary>
    public virtual IEnumerable<BarrierStep> Stops(WorkItem item)
    {
        Run(item);
        yield break;
    }

    /// <summary>Makes faults from here on this statement's.</summary>
    protected void Enter() => Who.Location = Location;
}

/// <summary>A statement without statements in it.</summary>
internal sealed class PlainStep(Accessor who, SourceLocation location, Action<WorkItem> action) : Step(who, location)
{
    public override void Run(WorkItem item)
    {
        Enter();
        action(item);
    }
}

/// <summary>A meeting of all work-items.</summary>
internal sealed class BarrierStep(Accessor who, SourceLocation location) : Step(who, location)
{
    public override bool Suspends => true;

    public override void Run(WorkItem item) => throw new InvalidOperationException("a barrier is run by its group");

    public override IEnumerable<BarrierStep> Stops(WorkItem item)
    {
        yield return this;
    }
}

internal sealed class SequenceStep(Accessor who, Step[] steps) : Step(who, default)
{
    public override bool Suspends { get; } = steps.Any(s => s.Suspends);

    public override void Run(WorkItem item)
    {
        foreach (Step step in steps)
            step.Run(item);
    }

    public override IEnumerable<BarrierStep> Stops(WorkItem item)
    {
        foreach (Step step in steps)
        {
            if (!step.Suspends)
            {
                step.Run(item);
                continue;
            }

            foreach (BarrierStep stop in step.Stops(item))
                yield return stop;
        }
    }
}

internal sealed class IfStep(Accessor who, SourceLocation location, ScalarCode condition, Step then, Step otherwise) : Step(who, location)
{
    public override bool Suspends { get; } = then.Suspends || otherwise.Suspends;

    public override void Run(WorkItem item) => Taken(item).Run(item);

    public override IEnumerable<BarrierStep> Stops(WorkItem item) => Taken(item).Stops(item);

    private Step Taken(WorkItem item)
    {
        Enter();
        return condition(item).Bool ? then : otherwise;
    }
}

/// <summary>Counts the rounds of all loops of a launch.</summary>
internal sealed class StepBudget(long limit)
{
    private long _left = limit;

    public void Spend(Accessor who)
    {
        if (--_left < 0)
            throw who.Fault(FaultKind.Endless, "the launch exceeds its step limit");
    }
}

/// <summary>A loop: start, then test before each round and advance after it.</summary>
internal sealed class LoopStep(
    Accessor who, SourceLocation location, StepBudget budget, Action<WorkItem> start, Step head, ScalarCode test, Step body, Action<WorkItem> advance)
    : Step(who, location)
{
    public override bool Suspends { get; } = head.Suspends || body.Suspends;

    public override void Run(WorkItem item)
    {
        Start(item);
        while (true)
        {
            head.Run(item);
            if (!Continues(item))
                return;
            body.Run(item);
            Advance(item);
        }
    }

    public override IEnumerable<BarrierStep> Stops(WorkItem item)
    {
        Start(item);
        while (true)
        {
            foreach (BarrierStep stop in head.Stops(item))
                yield return stop;
            if (!Continues(item))
                yield break;
            foreach (BarrierStep stop in body.Stops(item))
                yield return stop;
            Advance(item);
        }
    }

    private void Start(WorkItem item)
    {
        Enter();
        start(item);
    }

    private bool Continues(WorkItem item)
    {
        Enter();
        budget.Spend(Who);
        return test(item).Bool;
    }

    private void Advance(WorkItem item)
    {
        Enter();
        advance(item);
    }
}
