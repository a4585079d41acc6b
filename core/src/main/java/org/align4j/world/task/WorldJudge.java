package org.align4j.world.task;

import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.align4j.world.World;
import org.align4j.world.gold.Fluency;
import org.align4j.world.gold.Judge;
import org.align4j.world.story.Stories;

/// The judge of the world's answers.
public final class WorldJudge {
    /// Of texts that are only read to learn which words and pairs occur.
    private static final long SEED = 0xF1;

    private static final int DOCUMENTS = 5000;
    private static final int ANSWERS = 4000;

    private WorldJudge() {}

    /// A judge that has read documents and right answers of the world. It is the same each time.
    public static Judge create() {
        World world = new World(SEED);
        Instructions instructions = new Instructions(SEED);
        Stream<String> documents = LongStream.range(0, DOCUMENTS).mapToObj(world::document);
        Stream<String> answers = Arrays.stream(Instructions.Split.values())
                .flatMap(split -> LongStream.range(0, ANSWERS)
                        .mapToObj(number ->
                                instructions.instruction(split, number).answer()));
        return new Judge(Fluency.of(new Stories().names().stream(), Stream.concat(documents, answers)));
    }
}
