using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;
using Barrier = KernelFoundry.Compiler.Lowering.Barrier;

namespace KernelFoundry.Compiler.Interpreter;

/// <summary>Makes statements executable.</summary>
internal sealed class StepCompiler(ExpressionCompiler expressions, MemoryTracker memory, Accessor who, bool isThreads, StepBudget budget)
{
    public Step Compile(IReadOnlyList<Stmt> body)
    {
        var declared = new List<Var>();
        var steps = new Step[body.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            if (body[i].Location.Line > 0)
                who.Location = body[i].Location;
            steps[i] = Compile(body[i], who.Location, declared);
        }

        foreach (Var variable in declared)
            expressions.Forget(variable);
        return new SequenceStep(who, steps);
    }

    private Step Compile(Stmt statement, SourceLocation at, List<Var> declared)
    {
        switch (statement)
        {
            case Let let:
                Func<int, Action<WorkItem>> assign = Assignment(let.Var, let.Value);
                declared.Add(let.Var);
                return new PlainStep(who, at, assign(expressions.Declare(let.Var, let.Mutable)));
            case Assign change:
                return new PlainStep(who, at, Assignment(change.Var, change.Value)(expressions.Slot(change.Var, assigned: true)));
            case If choice:
                return new IfStep(who, at, expressions.Scalar(choice.Condition), Compile(choice.Then), Compile(choice.Else));
            case For loop:
                return Loop(loop, at);
            case While loop:
                return Loop(loop, at);
            case StoreView store:
                return new PlainStep(who, at, store.Next is { } next ? StorePacked(store, next) : IsVector(store) ? StoreLanes(store) : StoreScalar(store));
            case StoreLocal store:
                return new PlainStep(who, at, Store(store));
            case Contract contract when !isThreads:
                return new PlainStep(who, at, new MatrixSteps(expressions, memory, who).Contract(contract));
            case TransposeMatrix transpose when !isThreads:
                return new PlainStep(who, at, new MatrixSteps(expressions, memory, who).Transpose(transpose));
            case CombineRows combine when !isThreads:
                return new PlainStep(who, at, new MatrixSteps(expressions, memory, who).Combine(combine));
            case QuantizeRows quantize when !isThreads:
                return new PlainStep(who, at, EightBits.Quantize(quantize, expressions, new MatrixSteps(expressions, memory, who).Reader(quantize.Source)));
            case ContractBytes product when !isThreads:
                return new PlainStep(who, at, EightBits.Contract(product, expressions));
            case Prefetch when !isThreads:
                return new PlainStep(who, at, _ => { });
            case RoundRow round when !isThreads:
                return new PlainStep(who, at, EightBits.Round(round, expressions, who));
            case Shuffle shuffle when isThreads:
                ScalarCode given = expressions.Scalar(shuffle.Value);
                declared.Add(shuffle.Var);
                return new ShuffleStep(who, at, given, expressions.Declare(shuffle.Var, mutable: false), shuffle.Mask);
            case LoadMatrices load when isThreads:
                ScalarCode row = expressions.Scalar(load.Row);
                declared.AddRange(load.Vars);
                return new LoadMatricesStep(who, at, expressions.Buffer(load.Buffer), row, [.. load.Vars.Select(v => expressions.Declare(v, mutable: false))], load.IsTransposed);
            case MultiplyMatrices product when isThreads:
                return new MultiplyMatricesStep(
                    who, at, product.Element, [.. product.A.AsEnumerable().Select(expressions.Scalar)], [.. product.B.AsEnumerable().Select(expressions.Scalar)],
                    [.. product.Sums.Select(s => expressions.Slot(s, assigned: true))]);
            case MultiplyWarpgroup product when isThreads:
                return new MultiplyWarpgroupStep(
                    who, at, product.Element, expressions.Buffer(product.Buffer), expressions.Scalar(product.A), expressions.Scalar(product.B),
                    [.. product.Sums.Select(s => expressions.Slot(s, assigned: true))]);
            case OrderSums when isThreads:
                return new ProductsStep(who, at, "order of sums", products => products.Order());
            case CommitProducts when isThreads:
                return new ProductsStep(who, at, "group of products", products => products.Commit());
            case WaitProducts wait when isThreads:
                return new ProductsStep(who, at, "wait for products", products => products.Wait(wait.Remaining));
            case PublishLocal when isThreads:
                return new PlainStep(who, at, item => expressions.Publish(item.Index));
            case CopyAsync copy when isThreads:
                return new PlainStep(who, at, CopyQueue.Start(copy, expressions, memory, who));
            case CommitCopies when isThreads:
                return new PlainStep(who, at, item => item.Copies.Commit());
            case WaitCopies wait when isThreads:
                return new PlainStep(who, at, item => item.Copies.Wait(wait.Remaining));
            case Barrier when isThreads:
                return new BarrierStep(who, at);
            default:
                throw new IrException($"no statement of this form: {statement}", at);
        }
    }

    private Func<int, Action<WorkItem>> Assignment(Var variable, Expr value)
    {
        if (variable.Type != value.Type || (value.IsVector && !variable.IsVector))
            throw new IrException($"{variable.Name} is {variable.Type} and is given {value.Type}{(value.IsVector ? " lanes" : "")}", who.Location);
        if (variable.IsVector)
        {
            LaneCode lanes = expressions.Vector(value);
            return slot => item => item.Vectors[slot] = lanes(item);
        }

        ScalarCode scalar = expressions.Scalar(value);
        if (!expressions.ProductSums.Contains(variable.Name))
            return slot => item => item.Scalars[slot] = scalar(item);
        return slot => item =>
        {
            item.Products.Touch(slot, variable.Name, who);
            item.Scalars[slot] = scalar(item);
        };
    }

    private LoopStep Loop(For loop, SourceLocation at)
    {
        ScalarCode from = expressions.Scalar(loop.From);
        int slot = expressions.Declare(loop.Index, mutable: false);
        ScalarCode to = expressions.Scalar(loop.To), step = expressions.Scalar(loop.Step);
        Step body = Compile(loop.Body);
        expressions.Forget(loop.Index);
        return new LoopStep(
            who,
            at,
            budget,
            item => item.Scalars[slot] = from(item),
            Compile([]),
            item => Number.Of(item.Scalars[slot].I32 < to(item).I32),
            body,
            item => item.Scalars[slot] = Next(item.Scalars[slot].I32, step(item).I32));
    }

    private Number Next(int index, int step) => step > 0
        ? Number.Of((int)Math.Min(int.MaxValue, (long)index + step))
        : throw who.Fault(FaultKind.NegativeExtent, $"the loop's step is {IrText.Int(step)}");

    // The condition sees the variables of the head.
    private LoopStep Loop(While loop, SourceLocation at)
    {
        var declared = new List<Var>();
        Step[] head = loop.Head.Select(s => Compile(s, s.Location.Line > 0 ? s.Location : at, declared)).ToArray();
        ScalarCode test = expressions.Scalar(loop.Condition);
        Step body = Compile(loop.Body);
        foreach (Var variable in declared)
            expressions.Forget(variable);
        return new LoopStep(who, at, budget, _ => { }, new SequenceStep(who, head), test, body, _ => { });
    }

    private static bool IsVector(StoreView store) =>
        store.Value.IsVector || store.Count is not null || store.Guard is { IsVector: true } || store.Indices.AsEnumerable().Any(i => i.IsVector);

    private void CheckElement(StoreView store)
    {
        Element element = memory.View(store.View).Element;
        if (element.Kind != store.Element.Kind || element.Bytes == 0)
            throw new IrException($"{store.View} holds {element.Name} and is stored as {store.Element.Name}", who.Location);
    }

    private Action<WorkItem> StoreScalar(StoreView store)
    {
        CheckElement(store);
        ScalarCode[] indices = store.Indices.AsEnumerable().Select(expressions.Scalar).ToArray();
        ScalarCode value = expressions.Scalar(store.Value);
        ScalarCode? guard = store.Guard is null ? null : expressions.Scalar(store.Guard);
        return item =>
        {
            if (guard is not null && !guard(item).Bool)
                return;
            memory.BeginStore();
            memory.Write(store.View, indices.Select(i => i(item).I32).ToArray(), value(item), who);
        };
    }

    private Action<WorkItem> StorePacked(StoreView store, Var next)
    {
        CheckElement(store);
        int slot = expressions.Slot(next, assigned: true);
        Func<WorkItem, Func<int, bool>> active = expressions.Active(store.Count, store.Guard);
        LaneCode value = expressions.Vector(store.Value);
        return item =>
        {
            Func<int, bool> isActive = active(item);
            Number[] lanes = value(item);
            int place = item.Scalars[slot].I32;
            memory.BeginStore();
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                if (isActive(lane))
                    memory.Write(store.View, [place++], lanes[lane], who);
            }

            item.Scalars[slot] = Number.Of(place);
        };
    }

    private Action<WorkItem> StoreLanes(StoreView store)
    {
        CheckElement(store);
        Func<WorkItem, Func<int, int[]>> indices = expressions.Indices(store.Indices);
        Func<WorkItem, Func<int, bool>> active = expressions.Active(store.Count, store.Guard);
        LaneCode value = expressions.Vector(store.Value);
        return item =>
        {
            Func<int, int[]> index = indices(item);
            Func<int, bool> isActive = active(item);
            Number[] lanes = value(item);
            memory.BeginStore();
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                if (isActive(lane))
                    memory.Write(store.View, index(lane), lanes[lane], who);
            }
        };
    }

    private Action<WorkItem> Store(StoreLocal store)
    {
        LocalMemory buffer = expressions.Buffer(store.Buffer);
        ScalarCode index = expressions.Scalar(store.Index);
        if (!store.Value.IsVector)
        {
            ScalarCode value = expressions.Scalar(store.Value);
            return item => buffer.Write(index(item).I32, value(item));
        }

        LaneCode vector = expressions.Vector(store.Value);
        return item =>
        {
            int first = index(item).I32;
            Number[] lanes = vector(item);
            for (int lane = 0; lane < lanes.Length; lane++)
                buffer.WriteLane(first + lane, lanes[lane]);
        };
    }
}
