namespace KernelFoundry.Measurement;

/// <summary>
/// Finds the fastest choice of every schedule parameter that a piece of work launches. Choices are measured by turns, and compared with the
/// default of the same turn: what slows the machine for a while slows them alike. A kernel's second parameter is tuned with the first at its best.
/// </summary>
/// <param name="device">The device, whose schedules are set as it goes.</param>
/// <param name="work">What is measured.</param>
public sealed class ScheduleTuner(Device device, ITuningWork work)
{
    private readonly KernelSchedules _schedules = device.Schedules
        ?? throw new ArgumentException($"The schedules of {device.Name} are compiled in: there is nothing to tune.", nameof(device));

    /// <summary>Tunes; the device keeps what was found.</summary>
    /// <param name="turns">How often every choice is measured, after one turn that does not count.</param>
    /// <param name="progress">Is told the share of the work that is done.</param>
    /// <param name="cancellationToken">Looked at between measurements.</param>
    /// <returns>One entry a parameter.</returns>
    public IReadOnlyList<TunedParameter> Run(int turns, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(turns, 1);
        KernelVariantSet[] kernels = [.. work.Measure().Keys.Where(kernel => Tunables(kernel).Length > 0)];
        foreach (KernelVariantSet kernel in kernels)
        {
            foreach (KernelParameterInfo parameter in Tunables(kernel))
                _schedules.Set(kernel, parameter.Name, parameter.Values[0]);
        }

        int positions = kernels.Select(kernel => Tunables(kernel).Length).DefaultIfEmpty().Max();
        var tuned = new List<TunedParameter>();
        for (int position = 0; position < positions; position++)
        {
            // What kernels have for parameters of the same place is tuned at once: they do not disturb each other.
            Contest[] contests = [.. kernels.Where(kernel => Tunables(kernel).Length > position).Select(kernel => new Contest(kernel, Tunables(kernel)[position]))];
            Measure(contests, turns, share => progress?.Report((position + share) / positions), cancellationToken);
            foreach (Contest contest in contests)
            {
                TunedParameter result = contest.Result();
                _schedules.Set(result.Kernel, result.Parameter, result.Best);
                tuned.Add(result);
            }
        }

        return [.. tuned.OrderBy(each => each.Kernel.Kernel.Name, StringComparer.Ordinal).ThenBy(each => each.Kernel.TypeKey, StringComparer.Ordinal)];
    }

    private void Measure(Contest[] contests, int turns, Action<double> report, CancellationToken cancellationToken)
    {
        int choices = contests.Max(contest => contest.Choices.Count);
        for (int turn = -1; turn < turns; turn++)
        {
            for (int i = 0; i < choices; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                report(((turn + 1.0) * choices + i) / ((turns + 1.0) * choices));

                // Each turn begins with another choice, so that none always follows the same one.
                foreach (Contest contest in contests)
                    _schedules.Set(contest.Kernel, contest.Parameter, contest.Choice(i + turn + 1));
                IReadOnlyDictionary<KernelVariantSet, double> seconds = work.Measure();
                foreach (Contest contest in contests.Where(_ => turn >= 0))
                    contest.Add(turn, contest.Choice(i + turn + 1), seconds.GetValueOrDefault(contest.Kernel, double.NaN));
            }
        }
    }

    private static KernelParameterInfo[] Tunables(KernelVariantSet kernel) => [.. kernel.Kernel.Parameters.Where(parameter => parameter.IsTunable)];

    // The choices of one parameter, and what they took in each turn.
    private sealed class Contest(KernelVariantSet kernel, KernelParameterInfo parameter)
    {
        private readonly Dictionary<(int Choice, int Turn), List<double>> _seconds = [];

        public KernelVariantSet Kernel => kernel;

        public string Parameter => parameter.Name;

        public IReadOnlyList<int> Choices => parameter.Choices;

        private int Default => parameter.Values[0];

        public int Choice(int number) => Choices[number % Choices.Count];

        // A parameter with fewer choices than others has some measured twice in a turn.
        public void Add(int turn, int choice, double seconds)
        {
            if (!_seconds.TryGetValue((choice, turn), out List<double>? measured))
                _seconds[(choice, turn)] = measured = [];
            measured.Add(seconds);
        }

        public TunedParameter Result()
        {
            int[] turns = [.. _seconds.Keys.Select(key => key.Turn).Distinct()];
            double Seconds(int choice, int turn) => _seconds[(choice, turn)].Average();
            var gains = Choices.Where(choice => choice != Default).ToDictionary(
                choice => choice, choice => Summary.Of([.. turns.Select(turn => 1 - (Seconds(choice, turn) / Seconds(Default, turn)))]));
            (int fastest, Summary gain) = gains.Count > 0 ? gains.MaxBy(each => each.Value.Median) : new(Default, new Summary(0, 0));
            return new TunedParameter(
                kernel, Parameter, Default, gain.Median > gain.Spread && gain.Median > 0 ? fastest : Default, gain.Median, gain.Spread,
                Choices.ToDictionary(choice => choice, choice => Summary.Of([.. turns.Select(turn => Seconds(choice, turn))]).Median));
        }
    }
}
