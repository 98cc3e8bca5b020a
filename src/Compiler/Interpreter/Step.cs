using KernelFoundry.Compiler.Ir;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>
/// A statement made executable. One that holds no barrier or shuffle runs through; one that does is an iterator that stops at each, so that the
/// other work-items can come to it.
/// </summary>
internal abstract class Step(Accessor who, SourceLocation location)
{
    public SourceLocation Location { get; } = location;

    public virtual bool Suspends => false;

    protected Accessor Who { get; } = who;

    public abstract void Run(WorkItem item);

    /// <summary>Runs with a stop at each barrier and shuffle.</summary>
    public virtual IEnumerable<StopStep> Stops(WorkItem item)
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

/// <summary>A meeting of work-items.</summary>
internal abstract class StopStep(Accessor who, SourceLocation location) : Step(who, location)
{
    public override bool Suspends => true;

    public override void Run(WorkItem item) => throw new InvalidOperationException("a meeting is run by its group");

    public override IEnumerable<StopStep> Stops(WorkItem item)
    {
        yield return this;
    }
}

/// <summary>A meeting of all work-items of the group.</summary>
internal sealed class BarrierStep(Accessor who, SourceLocation location) : StopStep(who, location);

/// <summary>A meeting of a warp.</summary>
internal abstract class WarpStep(Accessor who, SourceLocation location) : StopStep(who, location)
{
    /// <summary>What it is called where work-items do not meet.</summary>
    public abstract string Name { get; }

    /// <summary>What the work-items do together.</summary>
    public abstract void Exchange(WorkItem[] items, int first, int count);

    /// <summary>A value of each work-item.</summary>
    protected Number[] Given(ScalarCode value, WorkItem[] items, int first, int count)
    {
        Enter();
        var given = new Number[count];
        for (int lane = 0; lane < count; lane++)
        {
            Who.WorkItem = first + lane;
            given[lane] = value(items[first + lane]);
        }

        return given;
    }
}

/// <summary>Each gives a value and takes another's.</summary>
internal sealed class ShuffleStep(Accessor who, SourceLocation location, ScalarCode value, int slot, int mask) : WarpStep(who, location)
{
    public override string Name => "shuffle";

    /// <summary>Exchanges the values of a warp, all given before any is taken.</summary>
    public override void Exchange(WorkItem[] items, int first, int count)
    {
        Number[] given = Given(value, items, first, count);

        for (int lane = 0; lane < count; lane++)
            items[first + lane].Scalars[slot] = given[lane ^ mask];
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

    public override IEnumerable<StopStep> Stops(WorkItem item)
    {
        foreach (Step step in steps)
        {
            if (!step.Suspends)
            {
                step.Run(item);
                continue;
            }

            foreach (StopStep stop in step.Stops(item))
                yield return stop;
        }
    }
}

internal sealed class IfStep(Accessor who, SourceLocation location, ScalarCode condition, Step then, Step otherwise) : Step(who, location)
{
    public override bool Suspends { get; } = then.Suspends || otherwise.Suspends;

    public override void Run(WorkItem item) => Taken(item).Run(item);

    public override IEnumerable<StopStep> Stops(WorkItem item) => Taken(item).Stops(item);

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

    public override IEnumerable<StopStep> Stops(WorkItem item)
    {
        Start(item);
        while (true)
        {
            foreach (StopStep stop in head.Stops(item))
                yield return stop;
            if (!Continues(item))
                yield break;
            foreach (StopStep stop in body.Stops(item))
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
