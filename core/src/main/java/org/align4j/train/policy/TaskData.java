package org.align4j.train.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Message;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.Split;
import org.align4j.data.Task;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.format.TaskReader;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.rl.Rollout;
import org.align4j.rl.environment.Episode;
import org.align4j.rl.environment.EpisodeSampler;
import org.align4j.rl.reward.Attempt;
import org.align4j.run.RunEvent;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;

/// The prompts of a run, as tokens.
///
/// @param train prompts that are learned on
/// @param evaluation prompts that are not; may be none
/// @param news what a user should know of the data
record TaskData(List<TokenizedTask> train, List<TokenizedTask> evaluation, List<RunEvent> news) {
    /// A task with its prompt's tokens.
    ///
    /// @param conversation up to the answer, with a system prompt and tools
    /// @param text of the prompt as the model sees it
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    record TokenizedTask(Task task, Conversation conversation, String text, int[] tokens) {
        /// An answer to it, to be judged.
        Attempt attempt(Episode answer) {
            Rollout rollout = answer.rollout();
            return new Attempt(
                    text,
                    answer.answer(),
                    rollout.drawnTokens(),
                    rollout.ended(),
                    task.fields(),
                    task.prompt(),
                    answer.reward());
        }

        /// Where talks about it begin.
        EpisodeSampler.Start start() {
            return new EpisodeSampler.Start(conversation, tokens, task.fields());
        }
    }

    /// Reads, checks, splits and encodes.
    ///
    /// @param needed columns that every row must have
    /// @param neededHeldOut those that rows to evaluate on must have
    /// @param tools schemas of tools that prompts offer, beside their own
    /// @param maxNewTokens that an answer may have: prompts that leave no room for it are left out
    /// @throws AlignException.Config for answers as long as the model's context
    /// @throws AlignException.Data for unusable rows, all of them together, unless they are to be
    ///     skipped
    static TaskData load(
            TaskDataConfig config,
            long seed,
            LoadedModel loaded,
            List<String> needed,
            List<String> neededHeldOut,
            List<Map<String, Object>> tools,
            int maxNewTokens) {
        boolean chat = config.chat().orElse(loaded.template().isPresent());
        if (chat && loaded.template().isEmpty()) {
            throw new AlignException.Config(
                    "data.chat: the model has no chat template; put a chat_template.jinja into its directory, or set"
                            + " data.chat: false");
        }
        Optional<ChatRenderer> renderer = loaded.template()
                .filter(template -> chat)
                .map(template -> ChatRenderer.of(template, ChatTemplate.Options.conversation()));
        int positions = loaded.model().architecture().maxPositions();
        if (maxNewTokens >= positions) {
            throw new AlignException.Config("rollout.max_new_tokens: answers of " + maxNewTokens
                    + " tokens leave no room for a prompt in the model's " + positions + " positions; lower it");
        }
        int room = Math.min(config.maxLength(), positions - maxNewTokens);
        DataReport report = new DataReport();
        DataReport evalReport = config.eval().isEmpty() ? report : new DataReport();
        boolean oneFile = config.eval().isEmpty() && config.evaluates();
        List<Task> tasks = read(config, config.train(), oneFile ? neededHeldOut : needed, report);
        Split<Task> split = config.eval().isEmpty()
                ? Split.of(tasks, Split.heldOut(config.evalCount(), 0), seed)
                : new Split<>(tasks, read(config, config.eval(), neededHeldOut, evalReport));
        Writing writing = new Writing(config.system(), tools, loaded.tokenizer(), renderer, room);
        List<TokenizedTask> train = writing.encoded(split.train(), report);
        List<TokenizedTask> evaluation = writing.encoded(split.evaluation(), evalReport);
        report.check(config.onError());
        List<RunEvent> news = new ArrayList<>(List.of(new RunEvent.Noted("data: " + report.summary())));
        if (evalReport != report) {
            evalReport.check(config.onError());
            news.add(new RunEvent.Noted("eval data: " + evalReport.summary()));
        }
        if (train.isEmpty() || (evaluation.isEmpty() && !split.evaluation().isEmpty())) {
            throw new AlignException.Data("data: no prompt is left to " + (train.isEmpty() ? "train" : "evaluate")
                    + " on: none is short enough for answers of " + maxNewTokens
                    + " tokens; raise data.max_length or lower rollout.max_new_tokens\n" + report.summary());
        }
        return new TaskData(train, evaluation, news);
    }

    private static List<Task> read(TaskDataConfig config, List<String> names, List<String> needed, DataReport report) {
        List<Task> tasks = new ArrayList<>();
        TaskReader reader = new TaskReader(config.columns(), needed, report);
        try (Rows rows = Rows.open(names, config.reading(), report)) {
            while (rows.hasNext() && (config.limit() == 0 || tasks.size() < config.limit())) {
                reader.read(rows.next()).ifPresent(tasks::add);
            }
        }
        if (report.rowsRead() == 0) {
            throw new AlignException.Data(String.join(", ", names) + ": no rows; name files that hold some");
        }
        return tasks;
    }

    /// How tasks become tokens.
    ///
    /// @param renderer absent: prompts are plain text
    /// @param room tokens that a prompt may have
    private record Writing(
            String system,
            List<Map<String, Object>> tools,
            Tokenizer tokenizer,
            Optional<ChatRenderer> renderer,
            int room) {
        List<TokenizedTask> encoded(List<Task> tasks, DataReport report) {
            List<TokenizedTask> encoded = new ArrayList<>();
            for (Task task : tasks) {
                try {
                    Conversation conversation = conversation(task.prompt().conversation());
                    String text = renderer.isPresent()
                            ? renderer.get().render(conversation, true).text()
                            : plain(task.prompt());
                    int[] tokens = tokenizer.encodePrompt(text);
                    if (tokens.length == 0 || tokens.length > room) {
                        report.skip(
                                SkipReason.TOO_LONG,
                                task.source(),
                                tokens.length + " tokens, there is room for " + room);
                    } else {
                        encoded.add(new TokenizedTask(task, conversation, text, tokens));
                    }
                } catch (AlignException.Data | AlignException.Model e) {
                    report.skip(SkipReason.TEMPLATE, task.source(), String.valueOf(e.getMessage()));
                }
            }
            return encoded;
        }

        private Conversation conversation(Conversation given) {
            List<Message> messages = new ArrayList<>(given.messages());
            if (!system.isEmpty() && !messages.getFirst().role().equals("system")) {
                messages.addFirst(Message.system(system));
            }
            List<Map<String, Object>> offered = new ArrayList<>(given.tools());
            offered.addAll(tools);
            return new Conversation(messages, offered);
        }

        private String plain(Prompt prompt) {
            String text = prompt.text()
                    .orElseThrow(() -> new AlignException.Model("a conversation, but the model has no chat template"));
            return system.isEmpty() ? text : system + "\n\n" + text;
        }
    }
}
