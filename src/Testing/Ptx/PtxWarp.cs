using System.Numerics;
using System.Runtime.InteropServices;

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// 32 threads that run together. Where a branch parts them, those with the lowest instruction go on first until the others' is reached, so that
/// they meet again where both ways do: the code lies in the order it is written in.
/// </summary>
internal sealed unsafe class PtxWarp : IDisposable
{
    public const int Lanes = 32;

    private readonly PtxProgram program;
    private readonly int[] waitingAt = new int[Lanes];
    private readonly uint[] waitingMask = new uint[Lanes];
    private int waiting;
    private int next;
    private uint active;
    private uint alive;
    private int current;

    public PtxWarp(PtxProgram program, PtxBlock block, int number)
    {
        this.program = program;
        Block = block;
        FirstThread = number * Lanes;
        Registers = (byte*)NativeMemory.AlignedAlloc((nuint)program.RegisterBytes, 64);
        Predicates = new uint[program.PredicateCount];
        CopyGroups = new PtxCopyGroups();
        Products = new PtxProducts(program.Sums.Count);
        new Span<byte>(Registers, program.RegisterBytes).Fill(0xCD);
        foreach ((int offset, int bytes, long bits) in program.Constants)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                if (bytes == 8)
                    ((long*)(Registers + offset))[lane] = bits;
                else
                    ((int*)(Registers + offset))[lane] = (int)bits;
            }
        }
    }

    public PtxBlock Block { get; }

    public PtxProgram Program => program;

    /// <summary>Number of lane 0's thread in its block.</summary>
    public int FirstThread { get; }

    /// <summary>Values of registers, a register's lanes beside each other.</summary>
    public byte* Registers { get; }

    /// <summary>Values of predicates, one bit a lane.</summary>
    public uint[] Predicates { get; }

    /// <summary>Asynchronous copies under way.</summary>
    public PtxCopyGroups CopyGroups { get; }

    /// <summary>Products of its warpgroup under way.</summary>
    public PtxProducts Products { get; }

    /// <summary>How often the warp's lanes have met by an instruction of the warp.</summary>
    public int Meetings { get; set; }

    /// <summary>Lanes that have not returned.</summary>
    public uint Alive => alive;

    /// <summary>The barrier the warp waits at; -1 if it has finished.</summary>
    public int Barrier { get; private set; }

    /// <summary>Starts a block with so many threads in this warp.</summary>
    public void Start(int threads)
    {
        alive = active = threads >= Lanes ? uint.MaxValue : (1u << threads) - 1;
        waiting = 0;
        next = 0;
        Meetings = 0;
        CopyGroups.Clear();
        Products.Clear();
    }

    /// <summary>Sets a register to a value of each lane.</summary>
    public void Set(int offset, Func<int, int> value)
    {
        if (offset < 0)
            return;
        for (int lane = 0; lane < Lanes; lane++)
            ((int*)(Registers + offset))[lane] = value(lane);
    }

    /// <summary>Runs until all lanes wait at a barrier or have returned.</summary>
    public void Run()
    {
        PtxStep[] steps = program.Steps;
        while (alive != 0)
        {
            if (waiting > 0)
                Regroup();
            PtxStep step = steps[next];
            current = next;
            uint mask = active;
            if (step.Guard >= 0)
                mask &= step.Instruction.IsNegated ? ~Predicates[step.Guard] : Predicates[step.Guard];
            switch (step)
            {
                case BranchStep branch:
                    Branch(branch.Target, mask);
                    break;
                case BarrierStep when mask != 0:
                    if (mask != alive || waiting > 0)
                    {
                        throw Fault(
                            BitOperations.TrailingZeroCount(mask), "comes to a barrier that other threads of its warp do not: they took another way");
                    }

                    Barrier = next++;
                    return;
                case ReturnStep:
                    alive &= ~mask;
                    active &= ~mask;

                    // With nobody left here, whoever waits goes on.
                    next = active == 0 ? int.MaxValue : next + 1;
                    break;
                default:
                    if (mask != 0 && step.Touches.Length > 0)
                        Products.Touch(step.Touches, this);
                    if (mask != 0)
                        step.Run(this, mask);
                    next++;
                    break;
            }
        }

        Barrier = -1;
    }

    /// <summary>A fault of a lane at the current instruction.</summary>
    public PtxFaultException Fault(int lane, string what)
    {
        PtxInstruction instruction = program.Steps[current].Instruction;
        return new PtxFaultException($"thread {FirstThread + lane} of block {Block.Name} {what} (line {instruction.Line}: {instruction})");
    }

    /// <summary>Fails unless the lanes that a warp-wide instruction names are the ones at it.</summary>
    public void RequireLanes(uint mask, uint named, string opcode)
    {
        if ((named & alive) != mask || (mask & ~named) != 0)
        {
            throw Fault(
                BitOperations.TrailingZeroCount(mask),
                $"comes to {opcode} for lanes {named & alive:X8}, but lanes {mask:X8} are at it");
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(Registers);

    private void Branch(int target, uint taken)
    {
        uint rest = active & ~taken;
        if (taken == 0)
        {
            next++;
        }
        else if (rest == 0)
        {
            next = target;
        }
        else
        {
            waitingAt[waiting] = target;
            waitingMask[waiting++] = taken;
            active = rest;
            next++;
        }
    }

    // Lowest instruction first; who is at the same one goes together.
    private void Regroup()
    {
        int lowest = next;
        for (int i = 0; i < waiting; i++)
            lowest = Math.Min(lowest, waitingAt[i]);
        if (lowest < next && active != 0)
        {
            waitingAt[waiting] = next;
            waitingMask[waiting++] = active;
            active = 0;
        }

        next = lowest;

        for (int i = waiting - 1; i >= 0; i--)
        {
            if (waitingAt[i] != lowest)
                continue;
            active |= waitingMask[i];
            waiting--;
            waitingAt[i] = waitingAt[waiting];
            waitingMask[i] = waitingMask[waiting];
        }
    }
}
