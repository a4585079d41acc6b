package org.align4j.bench.frontier;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.align4j.pipeline.quickstart.Starter;

/// `OUT [SEEDS] [full|trial]`: DPO, PPO, best-of-n and fine-tuning on the best answers learn from
/// the same rankings of a reference's stories; how much reward for how much KL? Leaves
/// `frontier.svg` and `frontier.md` in OUT. A second call with the same OUT goes on.
public final class DpoVsPpo {
    private DpoVsPpo() {}

    public static void main(String[] arguments) {
        if (arguments.length < 1 || arguments.length > 3) {
            System.err.println("usage: bench/dpo-vs-ppo/run.sh OUT [SEEDS] [full|trial]");
            System.exit(2);
        }
        Path out = Path.of(arguments[0]);
        int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        Size size = arguments.length > 2 && arguments[2].equals("trial") ? Size.TRIAL : Size.FULL;
        HappyStories task = new HappyStories();
        // 1. the reference: the starter, fine-tuned on stories of all moods
        Lines.write(
                out.resolve("stories.jsonl"),
                LongStream.range(0, size.stories())
                        .mapToObj(task::plain)
                        // sorted: a run goes on only with the same bytes
                        .map(story -> new TreeMap<>(Map.of("prompt", story.prompt(), "completion", story.answer())))
                        .toList());
        Path reference = out.resolve("sft");
        new Runs(size, Starter.unpack(out.resolve("starter")), out, 0).sft(reference);
        // 2. all methods, seed by seed
        List<Point> points = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            points.addAll(new Experiment(task, size, reference, out.resolve("seed-" + seed), seed).run());
        }
        // 3. what came of it
        Frontier frontier = new Frontier(points);
        Lines.write(out.resolve("frontier.svg"), frontier.svg());
        Lines.write(out.resolve("frontier.md"), frontier.table());
        System.out.println(frontier.table());
    }
}
